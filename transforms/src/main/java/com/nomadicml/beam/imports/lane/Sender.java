package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.imports.lane.SendQueue.Entry;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;

/** Which batch is sent next, and what becomes of one by the API's answer. */
final class Sender {
  private static final int TOO_LARGE = 413;

  private final LaneRules rules;
  private final Agenda agenda;
  private final Closing closing;
  private final SendQueue queue = new SendQueue();
  private final Canaries canaries = new Canaries();
  private final Denials denials = new Denials();
  private final Map<String, FolderAnswer> folders = new HashMap<>();
  private final Map<String, Entry> sending = new HashMap<>();
  private long itemsSent;
  private long doubts;

  Sender(LaneRules rules, Agenda agenda, Closing closing) {
    this.rules = rules;
    this.agenda = agenda;
    this.closing = closing;
  }

  /** Adds a batch, as {@link LanePolicy#planned}. */
  void planned(JobStatus job, int sends, Instant notBefore, long answers, Instant now) {
    if (sends > 0 && !Doubt.isResent(rules.onUnknown(), sends)) {
      closing.hold(job, Doubt.inherited(sends), now);
    } else {
      queue.add(new Entry(job, job.getTarget().id(), sends, answers, notBefore));
    }
  }

  void works(ImportTarget target) {
    canaries.clear(target.id());
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Whether a batch waits for the API to answer anything. */
  boolean hasDoubts(long answers) {
    return queue.all().stream().anyMatch(entry -> entry.isInDoubt() && answers <= entry.answers());
  }

  /**
   * The next request, if there is one; or there is something to write first.
   *
   * @param answers how often the API has answered
   */
  Optional<Request> next(long answers, Instant now) {
    for (Entry entry : queue.all()) {
      if (entry.notBefore().isAfter(now) || denials.isDenied(entry.target())) {
        continue;
      }
      if (entry.isInDoubt() ? answers > entry.answers() : isItsTurn(entry, now)) {
        return request(entry, now);
      }
      if (!agenda.isEmpty()) {
        // Its target is being cut.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean isItsTurn(Entry entry, Instant now) {
    if (!canaries.isDecided(entry.target())) {
      elect(entry.target());
    }
    return canaries.isDecided(entry.target()) && canaries.allows(entry.target(), entry.id(), now);
  }

  private void elect(String target) {
    Optional<Entry> smallest = rules.canary() ? queue.smallestOfSeveral(target) : Optional.empty();
    if (smallest.isEmpty()) {
      canaries.clear(target);
    } else if (smallest.get().job().getRequested() <= Canaries.MAX_ITEMS) {
      canaries.elect(target, smallest.get().id());
    } else {
      queue.take(smallest.get().id());
      agenda.add(new Change.Cut(smallest.get().job(), Canaries.MAX_ITEMS));
    }
  }

  private Optional<Request> request(Entry entry, Instant now) {
    ImportTarget target = entry.job().getTarget();
    FolderAnswer folder =
        target.getFolder() == null
            ? FolderAnswer.of(target.destination(), null, null)
            : folders.get(target.destination());
    if (folder == null) {
      return Optional.of(new Request.Resolve(target));
    }
    if (folder.getError() != null) {
      queue.take(entry.id());
      refuse(entry, ErrorCode.FOLDER_REFUSED, folder.getError(), now);
      return Optional.empty();
    }
    JobStatus job =
        entry.job().toBuilder().setRunId(rules.runId()).setFolderId(folder.getFolderId()).build();
    return Optional.of(new Request.Send(job, entry.sends() + 1));
  }

  void started(Request.Send send) {
    sending.put(send.job().getBatchId(), queue.take(send.job().getBatchId()));
  }

  /** It was not sent after all. */
  void notSent(Request.Send send) {
    queue.add(sending.remove(send.job().getBatchId()));
  }

  void resolved(FolderAnswer folder) {
    folders.put(folder.getDestination(), folder);
  }

  /** No row names the batch any more. */
  void gone(Request.Send send, Instant now) {
    sending.remove(send.job().getBatchId());
    agenda.add(
        new Change.Job(
            send.job().toBuilder()
                .setErrorMessage("its items belong to other batches")
                .inState(JobState.STOPPED, now)));
  }

  /** A batch was cut into others, which are sent in its place. */
  void cut(JobStatus whole, List<JobStatus> parts) {
    String target = whole.getTarget().id();
    parts.forEach(part -> queue.add(Entry.of(part)));
    if (parts.isEmpty()) {
      // Its items belong to other batches.
      return;
    }
    boolean isElection = whole.getState() == JobState.PLANNED;
    if (isElection && parts.size() < 2) {
      canaries.clear(target);
    } else if (isElection || canaries.isCanary(target, whole.getBatchId())) {
      canaries.elect(target, parts.get(0).getBatchId());
    }
  }

  void accepted(Request.Send send, SubmitAnswer answer, Instant now) {
    Entry entry = sending.remove(send.job().getBatchId());
    denials.accept();
    for (Entry denied : new ArrayList<>(queue.all())) {
      if (denials.isDenied(denied.target())) {
        queue.take(denied.id());
        refuse(denied, ErrorCode.REQUEST_REFUSED, denials.message(denied.target()), now);
      }
    }
    denials.forget();
    canaries.sent(entry.target(), entry.id(), now);
    itemsSent += send.job().getRequested();
    JobStatus job =
        send.job().toBuilder()
            .setUnknownSubmits(entry.job().getUnknownSubmits())
            .setImportJobId(answer.importJobId())
            .setSubmittedAt(now.toEpochMilli())
            .setErrorMessage(null)
            .inState(JobState.SUBMITTED, now);
    agenda.add(new Change.Taken(job, answer));
  }

  /** The API will not take it as it stands. */
  void refused(Request.Send send, ApiException e, Instant now) {
    Entry entry = sending.remove(send.job().getBatchId());
    int items = send.job().getRequested();
    if (e.status() == TOO_LARGE && items > 1) {
      agenda.add(
          new Change.Cut(
              send.job().toBuilder()
                  .setErrorMessage("too large for one request: sent as two batches")
                  .inState(JobState.REFUSED, now),
              items / 2));
    } else if (e.isAccountRefusal() || (e.isBareDenial() && !denials.accountWorks())) {
      denials.deny(entry.target(), e.getMessage());
      queue.add(entry);
      if (e.isAccountRefusal()) {
        agenda.end(Ending.refused(e));
      }
    } else if (entry.isInDoubt()) {
      // The request before may have been taken: a refusal of this one does not say.
      closing.hold(entry.job(), "sent again after a doubt and refused: " + e.getMessage(), now);
    } else {
      refuse(entry, ErrorCode.REQUEST_REFUSED, e.getMessage(), now);
    }
  }

  /** It is not known whether the API has taken it. */
  void inDoubt(Request.Send send, ApiException e, long answers, Instant now) {
    Entry entry = sending.remove(send.job().getBatchId());
    doubts++;
    JobStatus job =
        send.job().toBuilder()
            .setUnknownSubmits(entry.job().getUnknownSubmits() + 1)
            .setErrorMessage(e.getMessage())
            .inState(JobState.SUBMIT_UNKNOWN, now);
    agenda.add(new Change.Job(job));
    if (Doubt.isResent(rules.onUnknown(), send.sends())) {
      queue.add(new Entry(job, entry.target(), send.sends(), answers, now));
    } else {
      closing.hold(job, e.getMessage(), now);
      // A request in doubt is no reason to stop.
      canaries.clear(entry.target());
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

  private void stopTarget(String target, String reason) {
    List<JobStatus> unsent = new ArrayList<>();
    for (Entry entry : queue.unsentOf(target)) {
      unsent.add(queue.take(entry.id()).job());
    }
    canaries.clear(target);
    if (!unsent.isEmpty()) {
      agenda.add(
          new Change.Unplan(
              unsent,
              "all first items of "
                  + unsent.get(0).getTarget().describe()
                  + " failed ("
                  + reason
                  + "): mend it and run again, or use --canary=false"));
    }
  }

  private void refuse(Entry entry, ErrorCode code, @Nullable String message, Instant now) {
    closing.refuse(entry.job(), code, message, now);
    if (canaries.isCanary(entry.target(), entry.id())) {
      stopTarget(entry.target(), String.valueOf(message));
    }
  }

  /** The lane's end, when all that could be sent was denied to the account. */
  Optional<Ending> ending(boolean isAllElseDone) {
    boolean onlyDenied =
        isAllElseDone
            && !denials.isEmpty()
            && queue.all().stream().allMatch(entry -> denials.isDenied(entry.target()));
    return denials.areEnough() || onlyDenied
        ? Optional.of(
            new Ending(
                Ending.Kind.REFUSED, ImportRefusedException.denied(denials.first()).getMessage()))
        : Optional.empty();
  }

  /** Leaves what is left to a later run. */
  void leave(Ending ending, Instant now) {
    for (Entry entry : new ArrayList<>(queue.all())) {
      queue.take(entry.id());
      boolean isRefused = ending.kind() == Ending.Kind.REFUSED && denials.isDenied(entry.target());
      if (entry.isInDoubt()) {
        closing.hold(entry.job(), String.valueOf(entry.job().getErrorMessage()), now);
      } else if (isRefused) {
        closing.leave(entry.job(), ErrorCode.ACCOUNT_REFUSED, denials.message(entry.target()), now);
      } else {
        closing.leave(entry.job(), ending.kind().unsent(), ending.message(), now);
      }
    }
  }

  /** When a batch may be sent that may not be now, if nothing happens until then. */
  Optional<Instant> nextTime(Instant now) {
    Optional<Instant> batch =
        queue.all().stream()
            .map(Entry::notBefore)
            .filter(at -> at.isAfter(now))
            .min(Instant::compareTo);
    Optional<Instant> canary = canaries.next(now);
    return batch.isPresent() && canary.isPresent() && batch.get().isBefore(canary.get())
        ? batch
        : canary.or(() -> batch);
  }

  /** Items of the batches that were accepted. */
  long itemsSent() {
    return itemsSent;
  }

  /** Requests that ended in doubt. */
  long doubts() {
    return doubts;
  }
}
