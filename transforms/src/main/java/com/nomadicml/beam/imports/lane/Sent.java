package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.lane.SendQueue.Entry;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;

/** What becomes of a batch that was sent, by the API's answer. */
final class Sent {
  private static final int TOO_LARGE = 413;

  /** So many requests in a row without an answer, and the rest is left to a later run. */
  private static final int HOPELESS = 20;

  private final LaneRules rules;
  private final Agenda agenda;
  private final Closing closing;
  private final SendQueue queue;
  private final Canaries canaries;
  private final Denials denials;
  private final Map<String, Entry> underWay = new HashMap<>();

  /** Why targets of a stream were stopped: what comes later of one of them is not sent either. */
  private final Map<String, String> stopped = new HashMap<>();

  private long items;
  private long doubts;
  private int doubtsInARow;

  Sent(
      LaneRules rules,
      Agenda agenda,
      Closing closing,
      SendQueue queue,
      Canaries canaries,
      Denials denials) {
    this.rules = rules;
    this.agenda = agenda;
    this.closing = closing;
    this.queue = queue;
    this.canaries = canaries;
    this.denials = denials;
  }

  void started(Request.Send send) {
    underWay.put(send.job().getBatchId(), queue.take(send.job().getBatchId()));
  }

  private Entry ended(Request.Send send) {
    return underWay.remove(send.job().getBatchId()).with(send.job());
  }

  /** The API has not taken it, for certain: it is sent later, and there is no doubt of this try. */
  void notTaken(Request.Send send) {
    queue.add(ended(send));
    agenda.add(new Change.Withdraw(send.job(), send.sends()));
  }

  /** It is not what it was when it was planned: the tables know what it is. */
  void gone(Request.Send send) {
    Entry entry = ended(send);
    canaries.dropped(entry.target(), entry.id());
  }

  /** A batch was cut into others, which are sent in its place; none when it is gone. */
  void cut(JobStatus whole, List<JobStatus> parts) {
    String target = whole.getTarget().id();
    parts.forEach(part -> queue.add(Entry.of(part)));
    boolean isElection = whole.getState() == JobState.PLANNED;
    if (parts.isEmpty()) {
      canaries.dropped(target, whole.getBatchId());
    } else if (isElection && parts.size() < 2) {
      canaries.clear(target);
    } else if (isElection || canaries.isCanary(target, whole.getBatchId())) {
      canaries.elect(target, parts.get(0).getBatchId());
    }
  }

  void accepted(Request.Send send, SubmitAnswer answer, Instant now) {
    Entry entry = ended(send);
    doubtsInARow = 0;
    denials.accept();
    if (!denials.isEmpty()) {
      closeDenied(now);
    }
    canaries.sent(entry.target(), entry.id(), now);
    items += send.job().getRequested();
    JobStatus job =
        send.job().toBuilder()
            .setImportJobId(answer.importJobId())
            .setSubmittedAt(now.toEpochMilli())
            .setErrorMessage(null)
            .inState(JobState.SUBMITTED, now);
    agenda.add(new Change.Taken(job, answer));
  }

  /** What was denied was meant for these targets, as the account works. */
  private void closeDenied(Instant now) {
    for (Entry denied : queue.all()) {
      if (denials.isDenied(denied.target())) {
        queue.take(denied.id());
        close(denied, ErrorCode.REQUEST_REFUSED, denials.message(denied.target()), now);
      }
    }
    denials.forget();
  }

  /** The API will not take it as it stands. */
  void refused(Request.Send send, ApiException e, Instant now) {
    doubtsInARow = 0;
    if (e.status() == TOO_LARGE && send.job().getRequested() > 1) {
      // In doubt or not: the same body was too large the time before, too.
      ended(send);
      agenda.add(
          new Change.Cut(
              send.job().toBuilder()
                  .setErrorMessage("too large for one request: sent as two batches")
                  .inState(JobState.REFUSED, now),
              send.job().getRequested() / 2));
    } else if (e.isAccountRefusal() || (e.isBareDenial() && !denials.accountWorks())) {
      denials.deny(send.job().getTarget().id(), e.getMessage());
      notTaken(send);
      if (e.isAccountRefusal()) {
        agenda.end(Ending.refused(e));
      }
    } else {
      close(ended(send), ErrorCode.REQUEST_REFUSED, e.getMessage(), now);
    }
  }

  /**
   * It is not known whether the API has taken it.
   *
   * @param reads how often something could be read until now
   */
  void inDoubt(Request.Send send, ApiException e, long reads, Instant now) {
    Entry entry = ended(send);
    doubts++;
    doubtsInARow++;
    JobStatus job =
        send.job().toBuilder()
            .setUnknownSubmits(send.job().getUnknownSubmits() + 1)
            .setErrorMessage(e.getMessage())
            .inState(JobState.SUBMIT_UNKNOWN, now);
    if (Doubt.isResent(rules.onUnknown(), send.sends())) {
      agenda.add(new Change.Job(job));
      queue.add(new Entry(job, entry.target(), send.sends(), reads, now));
    } else {
      closing.hold(job, e.getMessage(), now);
      // A request in doubt is no reason to stop: another goes ahead.
      canaries.dropped(entry.target(), entry.id());
    }
    if (doubtsInARow >= HOPELESS) {
      agenda.end(
          new Ending(
              Ending.Kind.AWAY,
              doubtsInARow + " import requests in a row were not answered: " + e.getMessage()));
    }
  }

  /** A batch's items have become something, or its job has ended. */
  void settled(JobStatus job, Settled settled, @Nullable JobState end) {
    String target = job.getTarget().id();
    if (!canaries.isCanary(target, job.getBatchId())) {
      return;
    }
    if (end == JobState.COMPLETED && settled.uploaded() == 0) {
      stopTarget(target, settled.reason() == null ? "no reason given" : settled.reason());
    } else if (settled.uploaded() > 0 || end == JobState.INCOMPLETE) {
      canaries.clear(target);
    }
  }

  /** A batch is refused; one in doubt is held, as a request before may have been taken. */
  void close(Entry entry, ErrorCode code, @Nullable String message, Instant now) {
    if (entry.isInDoubt()) {
      closing.hold(entry.job(), "sent again after a doubt and refused: " + message, now);
      canaries.dropped(entry.target(), entry.id());
      return;
    }
    closing.refuse(entry.job(), code, message, now);
    if (canaries.isCanary(entry.target(), entry.id())) {
      stopTarget(entry.target(), String.valueOf(message));
    }
  }

  private void stopTarget(String target, String reason) {
    List<JobStatus> unsent = queue.unsentOf(target).stream().map(Entry::job).toList();
    unsent.forEach(job -> queue.take(job.getBatchId()));
    canaries.clear(target);
    if (!unsent.isEmpty()) {
      String message =
          "all first items of "
              + unsent.get(0).getTarget().describe()
              + " failed ("
              + reason
              + "): mend it and run again, or use --canary=false";
      agenda.add(new Change.Unplan(unsent, message));
      if (rules.isEndless()) {
        stopped.put(target, message);
      }
    }
  }

  /** Why what comes of a target is not sent, if it is not. */
  Optional<String> stopped(String target) {
    return Optional.ofNullable(stopped.get(target));
  }

  /** Items of the batches that were accepted. */
  long items() {
    return items;
  }

  /** Requests that ended in doubt. */
  long doubts() {
    return doubts;
  }
}
