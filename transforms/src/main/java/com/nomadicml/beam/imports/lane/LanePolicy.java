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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * Decides what a lane does next, and learns what came of it. Knows no API, no table and no clock:
 * the time is told with every question.
 */
final class LanePolicy {
  private static final Duration LONG = Duration.ofMinutes(10);

  /** Batches of a stream in memory: at any quota of a minute, for longer than they take to read. */
  private static final int ENOUGH = 500;

  private final LaneRules rules;
  private final Agenda agenda = new Agenda();
  private final FailureThreshold outcomes;
  private final Sender sender;
  private final Watch watch;
  private final Pace pace;
  private final Set<String> known = new HashSet<>();

  /** How often something could be read: the API is there, and tells what it has taken. */
  private long reads;

  private boolean mayHearOfMore;
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
    known.add(job.getBatchId());
    sender.planned(job, sends, notBefore, reads, now);
  }

  /** A batch that the API has taken. */
  void submitted(
      JobStatus job,
      ImportJob importJob,
      Duration waited,
      @Nullable JobProgress progress,
      Instant now) {
    known.add(job.getBatchId());
    watch.add(job, importJob, waited, progress, now);
  }

  /** The same for one that a lane of this run has sent which is no more. */
  void wasSent(JobStatus job, Duration waited, Instant now) {
    sender.wasSent(job.getTarget(), job.getBatchId(), now.minus(waited));
  }

  /** Whether it was told of a batch, as the tables have it now. */
  boolean knows(String batchId) {
    return known.contains(batchId);
  }

  /** Whether all that it was told of has come to its end. */
  boolean isDone() {
    return agenda.isEmpty() && pace.isIdle() && sender.isEmpty() && watch.isEmpty();
  }

  /** Whether there is enough to send for a while, so that the tables need not be asked for more. */
  boolean hasEnough(Instant now) {
    return sender.ready(now) >= ENOUGH;
  }

  /** Whether the tables may have more to send than it was told of. */
  void mayHearOfMore(boolean may) {
    mayHearOfMore = may;
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

  /**
   * Sends nothing any more, if there is anything left to send or to read. The first reason stays.
   */
  void stop(Ending.Kind kind, String message) {
    if (rules.isEndless() || !isDone()) {
      agenda.end(new Ending(kind, message));
    }
  }

  /** What to do now. Each step but a wait is taken before the next is asked for. */
  Step decide(Instant now) {
    couldNotRead(pace.couldNotRead(now));
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
    return request.map(this::call).orElseGet(() -> new Step.Wait(nextTime(now)));
  }

  private Optional<Ending> endingNow() {
    Optional<Ending> impatient = pace.ending();
    if (impatient.isPresent() || !pace.isIdle()) {
      return impatient;
    }
    boolean isAtItsEnd = isDone() && !rules.isEndless();
    return isAtItsEnd ? Optional.of(Ending.DONE) : sender.ending(watch.isEmpty() && !mayHearOfMore);
  }

  private Step end(Ending ending, Instant now) {
    if (!pace.isIdle()) {
      return new Step.Wait(now.plus(LONG));
    }
    if (!isClosed && ending.kind() != Ending.Kind.LEFT) {
      isClosed = true;
      sender.leave(ending, now);
      watch.leave(ending.message(), now).forEach(agenda::add);
    }
    return agenda.isEmpty() ? new Step.Ended(ending) : new Step.Write(agenda.first());
  }

  private Optional<Request> nextRequest(Instant now) {
    if (pace.isAway()) {
      // Whether it is the API or one job that can't be read.
      return Optional.of(new Request.Probe());
    }
    Optional<Request> look = watch.due(now).map(Request.class::cast);
    Optional<Instant> sendsHeld = pace.sendsHeldUntil(now);
    Optional<Request> send = sendsHeld.isPresent() ? Optional.empty() : sender.next(reads, now);
    if (look.isPresent() && (send.isEmpty() || watch.mayBeInVain(pace.requests()))) {
      return look;
    }
    boolean isStuck = send.isEmpty() && sender.hasDoubts(reads) && pace.isIdle();
    return isStuck ? Optional.of(new Request.Probe()) : send;
  }

  private Step call(Request request) {
    pace.started(request);
    if (request instanceof Request.Read read) {
      watch.started(read);
    } else if (request instanceof Request.Send send) {
      sender.sent().started(send);
    } else if (request instanceof Request.Resolve) {
      sender.folders().asked();
    }
    return new Step.Call(request);
  }

  private Instant nextTime(Instant now) {
    Instant look = watch.isEmpty() ? now.plus(LONG) : watch.nextDue(now);
    Optional<Instant> send = pace.sendsHeldUntil(now).or(() -> sender.nextTime(now));
    return send.filter(at -> at.isBefore(look)).orElse(look);
  }

  /** The change that was to be written is written. */
  void written() {
    agenda.written();
  }

  /** A batch was cut into others, which are sent in its place; none when it is gone. */
  void cut(JobStatus whole, List<JobStatus> parts) {
    known.remove(whole.getBatchId());
    parts.forEach(part -> known.add(part.getBatchId()));
    sender.sent().cut(whole, parts);
  }

  /** A batch that was to be sent is not what it was: it is not known any more. */
  void gone(Request.Send send) {
    pace.dropped(send);
    known.remove(send.job().getBatchId());
    sender.sent().gone(send);
  }

  void accepted(Request.Send send, SubmitAnswer answer, Instant now) {
    answered(send, now);
    sender.sent().accepted(send, answer, now);
  }

  void resolved(Request.Resolve request, FolderAnswer folder, Instant now) {
    answered(request, now);
    sender.folders().resolved(folder);
  }

  void probed(Request.Probe request, Instant now) {
    answered(request, now);
    reads++;
  }

  /**
   * Learns what a page showed.
   *
   * @param exact the job as its rows have it
   */
  void shown(Request.Read read, ImportJob exact, Look look, Instant now) {
    answered(read, now);
    reads++;
    Watch.Shown shown = watch.shown(read, exact, look, now);
    agenda.add(new Change.Page(shown.page(), shown.progress(), shown.waited()));
  }

  /** The request was answered with an error, or with nothing. */
  void failed(Request request, ApiException e, Instant now) {
    boolean isAnswer =
        e.kind() == ApiException.Kind.PERMANENT
            || e.isAccountRefusal()
            || (request instanceof Request.Read read && watch.isAlone(read, e, reads));
    couldNotRead(isAnswer ? pace.answered(request, now) : pace.failed(request, e, now));
    if (request instanceof Request.Send send) {
      switch (e.kind()) {
        case PERMANENT -> sender.sent().refused(send, e, now);
        case RETRYABLE -> sender.sent().notTaken(send);
        case OUTCOME_UNKNOWN -> sender.sent().inDoubt(send, e, reads, now);
      }
    } else if (e.isAccountRefusal()) {
      agenda.end(Ending.refused(e));
      notMade(request);
    } else if (request instanceof Request.Read read) {
      watch
          .failed(read, e, reads, now)
          .ifPresent(shown -> agenda.add(new Change.Page(shown.page(), null, shown.waited())));
    } else if (request instanceof Request.Resolve) {
      sender.folders().notResolved();
    } else if (isAnswer) {
      // Nothing of the account may be listed, and the API has said so.
      reads++;
    }
  }

  /** A request was not made, as none is made any more. */
  void ended(Request request, RequestsEndedException e) {
    pace.dropped(request);
    notMade(request);
    stop(
        e instanceof QuotaSpentException ? Ending.Kind.QUOTA : Ending.Kind.STOPPED, e.getMessage());
  }

  private void notMade(Request request) {
    if (request instanceof Request.Send send) {
      sender.sent().notTaken(send);
    } else if (request instanceof Request.Read read) {
      watch.notRead(read.job().getBatchId());
    } else if (request instanceof Request.Resolve) {
      sender.folders().notResolved();
    }
  }

  /** As {@link Watch#couldNotRead}. */
  private void couldNotRead(Duration time) {
    watch.couldNotRead(time);
    sender.couldNotRead(time);
  }

  private void answered(Request request, Instant now) {
    couldNotRead(pace.answered(request, now));
  }

  /**
   * What has become of a batch's items is written.
   *
   * @param end how its job has ended, or null
   */
  void settled(String batchId, Settled settled, @Nullable JobState end) {
    outcomes.settled(batchId, settled);
    JobStatus job = end == null ? watch.job(batchId) : watch.forget(batchId);
    sender.sent().settled(job, settled, end);
    outcomes.excess().ifPresent(excess -> agenda.end(new Ending(Ending.Kind.STOPPED, excess)));
    boolean isEnd = end == JobState.COMPLETED || end == JobState.INCOMPLETE;
    boolean mayRetry = settled.failed() > 0 && job.getAttempt() < rules.maxAttempts();
    if (isEnd && mayRetry && agenda.ending() == null) {
      agenda.add(new Change.Retry(job));
    } else if (isEnd && rules.isEndless()) {
      forget(batchId);
    }
  }

  /** Items of a batch that had failed are planned once more. */
  void triedAgain(String batchId, JobStatus planned, Instant now) {
    outcomes.triedAgain(batchId);
    if (rules.isEndless()) {
      forget(batchId);
    }
    planned(planned, 0, Instant.MIN, now);
  }

  /** Nobody asks for a batch of a stream again that has ended, and there is no end of them. */
  private void forget(String batchId) {
    known.remove(batchId);
    outcomes.forget(batchId);
  }

  /** How the lane is doing. */
  LaneView view() {
    return new LaneView(
        outcomes.uploaded(), outcomes.failed(), sender.sent().items(), sender.sent().doubts());
  }
}
