package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.imports.JobProgress;
import com.nomadicml.beam.imports.Look;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;

/**
 * Decides what a lane does next, and learns what came of it. Knows no API, no table and no clock:
 * the time is told with every question.
 */
final class LanePolicy {
  /** While there is something to send, one look in so many requests may be too early. */
  private static final int REQUESTS_PER_VAIN_LOOK = 20;

  private static final Duration LONG = Duration.ofMinutes(10);

  private final LaneRules rules;
  private final Agenda agenda = new Agenda();
  private final FailureThreshold outcomes;
  private final Sender sender;
  private final Watch watch;
  private final Pace pace;
  private final Map<String, JobStatus> awaited = new HashMap<>();
  private long looksInVain;
  private boolean isClosed;

  LanePolicy(LaneRules rules) {
    this.rules = rules;
    this.outcomes = new FailureThreshold(rules.failureThreshold());
    this.sender = new Sender(rules, agenda, new Closing(rules.runId(), agenda, outcomes));
    this.watch = new Watch(rules.awaitTimeout(), rules.rowsAPage());
    this.pace = new Pace(rules.requestsAtOnce(), rules.patience());
  }

  /**
   * A batch that was never sent, or that was sent without an answer.
   *
   * @param sends how often it was sent
   * @param notBefore what was sent may be on the wire until then
   */
  void planned(JobStatus job, int sends, Instant notBefore, Instant now) {
    sender.planned(job, sends, notBefore, pace.answers(), now);
  }

  /** A batch that the API has taken. */
  void submitted(
      JobStatus job,
      ImportJob importJob,
      Duration waited,
      @Nullable JobProgress progress,
      Instant now) {
    awaited.put(job.getBatchId(), job);
    watch.add(importJob, waited, progress, now);
  }

  /** Items of this target were uploaded not long ago. */
  void works(ImportTarget target) {
    sender.works(target);
  }

  /** When the quota has room for the next request. */
  void mayAskAt(Instant at) {
    pace.mayAskAt(at);
  }

  /** The quota is waited for however long. */
  void waitForTheDay() {
    pace.waitForTheDay();
  }

  /** Sends nothing any more. The first reason stays. */
  void stop(Ending.Kind kind, String message) {
    agenda.end(new Ending(kind, message));
  }

  /** What to do now. Each step but a wait is taken before the next is asked for. */
  Step decide(Instant now) {
    watch.couldNotRead(pace.couldNotRead(now));
    if (!agenda.isEmpty()) {
      return new Step.Write(agenda.first());
    }
    endingNow().ifPresent(agenda::end);
    if (agenda.ending() != null) {
      return end(agenda.ending(), now);
    }
    pace.news(now).ifPresent(agenda::add);
    if (!agenda.isEmpty()) {
      return new Step.Write(agenda.first());
    }
    Optional<Instant> heldUntil = pace.heldUntil(now);
    if (heldUntil.isPresent()) {
      return new Step.Wait(heldUntil.get());
    }
    Optional<Request> request = nextRequest(now);
    if (!agenda.isEmpty()) {
      return decide(now);
    }
    return request.map(next -> call(next, now)).orElseGet(() -> new Step.Wait(nextTime(now)));
  }

  private Optional<Ending> endingNow() {
    Optional<Ending> impatient = pace.ending();
    if (impatient.isPresent() || !pace.isIdle()) {
      return impatient;
    }
    return sender.isEmpty() && watch.isEmpty()
        ? Optional.of(Ending.DONE)
        : sender.ending(watch.isEmpty());
  }

  private Step end(Ending ending, Instant now) {
    if (!pace.isIdle()) {
      return new Step.Wait(now.plus(LONG));
    }
    if (!isClosed) {
      isClosed = true;
      sender.leave(ending, now);
      for (ImportJob job : watch.jobs()) {
        agenda.add(
            new Change.Job(
                awaited.get(job.getBatchId()).toBuilder()
                    .setErrorMessage(ending.message())
                    .inState(JobState.SUBMITTED, now)));
      }
    }
    return agenda.isEmpty() ? new Step.Ended(ending) : new Step.Write(agenda.first());
  }

  private Optional<Request> nextRequest(Instant now) {
    if (pace.isAway()) {
      // Whether it is the API or one job that can't be read.
      return Optional.of(new Request.Probe());
    }
    Optional<Request> look = watch.due(now).map(Request.class::cast);
    Optional<Request> send = sender.next(pace.answers(), now);
    if (look.isPresent() && (send.isEmpty() || mayLook())) {
      return look;
    }
    boolean isStuck = send.isEmpty() && sender.hasDoubts(pace.answers()) && pace.isIdle();
    return isStuck ? Optional.of(new Request.Probe()) : send;
  }

  private boolean mayLook() {
    return (looksInVain + 1) * REQUESTS_PER_VAIN_LOOK <= pace.requests();
  }

  private Step call(Request request, Instant now) {
    pace.started(now);
    if (request instanceof Request.Read read) {
      watch.started(read);
    } else if (request instanceof Request.Send send) {
      sender.started(send);
    }
    return new Step.Call(request);
  }

  private Instant nextTime(Instant now) {
    Instant look = watch.isEmpty() ? now.plus(LONG) : watch.nextDue(now);
    return sender.nextTime(now).filter(at -> at.isBefore(look)).orElse(look);
  }

  /** The change that was to be written is written. */
  void written() {
    agenda.written();
  }

  /** A batch was cut into others, which are sent in its place. */
  void cut(JobStatus whole, List<JobStatus> parts) {
    sender.cut(whole, parts);
  }

  /** No row names a batch that was to be sent. */
  void gone(Request.Send send, Instant now) {
    pace.dropped();
    sender.gone(send, now);
  }

  void accepted(Request.Send send, SubmitAnswer answer, Instant now) {
    answered(now);
    sender.accepted(send, answer, now);
  }

  void resolved(FolderAnswer folder, Instant now) {
    answered(now);
    sender.resolved(folder);
  }

  void probed(Instant now) {
    answered(now);
  }

  /**
   * Learns what a page showed.
   *
   * @param exact the job as its rows have it
   */
  void shown(Request.Read read, ImportJob exact, Look look, Instant now) {
    answered(now);
    Watch.Shown shown = watch.shown(read, exact, look, now);
    looksInVain += shown.inVain() ? 1 : 0;
    agenda.add(new Change.Page(shown.page(), shown.progress(), shown.waited()));
  }

  /** The request was answered with an error, or with nothing. */
  void failed(Request request, ApiException e, Instant now) {
    boolean isAnswer = e.kind() == ApiException.Kind.PERMANENT || e.isAccountRefusal();
    watch.couldNotRead(isAnswer ? pace.answered(now) : pace.failed(e, now));
    if (request instanceof Request.Send send) {
      switch (e.kind()) {
        case PERMANENT -> sender.refused(send, e, now);
        case RETRYABLE -> sender.notSent(send);
        case OUTCOME_UNKNOWN -> sender.inDoubt(send, e, pace.answers(), now);
      }
    } else if (e.isAccountRefusal()) {
      agenda.end(Ending.refused(e));
      notMade(request);
    } else if (request instanceof Request.Read read) {
      watch
          .failed(read, e, now)
          .ifPresent(shown -> agenda.add(new Change.Page(shown.page(), null, shown.waited())));
    }
  }

  /** A request was not made, as none is made any more. */
  void ended(Request request, RequestsEndedException e) {
    pace.dropped();
    notMade(request);
    stop(
        e instanceof QuotaSpentException ? Ending.Kind.QUOTA : Ending.Kind.STOPPED, e.getMessage());
  }

  private void notMade(Request request) {
    if (request instanceof Request.Send send) {
      sender.notSent(send);
    } else if (request instanceof Request.Read read) {
      watch.notRead(read.job().getBatchId());
    }
  }

  private void answered(Instant now) {
    watch.couldNotRead(pace.answered(now));
  }

  /**
   * What has become of a batch's items is written.
   *
   * @param end how its job has ended, or null
   */
  void settled(String batchId, Settled settled, @Nullable JobState end) {
    outcomes.settled(batchId, settled);
    JobStatus job = end == null ? awaited.get(batchId) : awaited.remove(batchId);
    sender.settled(job, settled, end);
    outcomes.excess().ifPresent(excess -> stop(Ending.Kind.STOPPED, excess));
    boolean isEnd = end == JobState.COMPLETED || end == JobState.INCOMPLETE;
    boolean mayRetry = settled.failed() > 0 && job.getAttempt() < rules.maxAttempts();
    if (isEnd && mayRetry && agenda.ending() == null) {
      agenda.add(new Change.Retry(job));
    }
  }

  /** How the lane is doing. */
  LaneView view() {
    return new LaneView(
        outcomes.uploaded(), outcomes.failed(), sender.itemsSent(), sender.doubts());
  }
}
