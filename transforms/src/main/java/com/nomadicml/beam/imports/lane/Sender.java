package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.lane.SendQueue.Entry;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Which batch is sent next. */
final class Sender {
  private final LaneRules rules;
  private final Agenda agenda;
  private final Closing closing;
  private final SendQueue queue = new SendQueue();
  private final Canaries canaries = new Canaries();
  private final Denials denials = new Denials();
  private final Folders folders = new Folders();
  private final Sent sent;

  Sender(LaneRules rules, Agenda agenda, Closing closing) {
    this.rules = rules;
    this.agenda = agenda;
    this.closing = closing;
    this.sent = new Sent(rules, agenda, closing, queue, canaries, denials);
  }

  /** What becomes of a batch once it was sent. */
  Sent sent() {
    return sent;
  }

  Folders folders() {
    return folders;
  }

  /** Adds a batch, as {@link LanePolicy#planned}. */
  void planned(JobStatus job, int sends, Instant notBefore, long reads, Instant now) {
    if (sends > 0 && rules.onUnknown() == OnUnknownSubmit.HOLD) {
      closing.hold(job, Doubt.inherited(sends), now);
    } else if (sends == 0 && sent.stopped(job.getTarget().id()).isPresent()) {
      agenda.add(new Change.Unplan(List.of(job), sent.stopped(job.getTarget().id()).get()));
    } else {
      queue.add(new Entry(job, job.getTarget().id(), sends, reads, notBefore));
    }
  }

  void works(ImportTarget target) {
    canaries.clear(target.id());
  }

  /** A batch is awaited that a lane of this run has sent which is no more. */
  void wasSent(ImportTarget target, String batchId, Instant at) {
    if (rules.canary()) {
      canaries.wasSent(target.id(), batchId, at);
    }
  }

  /** As {@link Watch#couldNotRead}. */
  void couldNotRead(Duration time) {
    canaries.couldNotRead(time);
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Whether a batch waits for the API to let something be read. */
  boolean hasDoubts(long reads) {
    return queue.doubts().stream().anyMatch(entry -> reads <= entry.reads());
  }

  /** How many batches may be sent one after the other, for all that is known by now. */
  int ready(Instant now) {
    return queue.targets().stream()
        .filter(target -> !denials.isDenied(target) && canaries.only(target, now).isEmpty())
        .mapToInt(target -> queue.unsentOf(target).size())
        .sum();
  }

  /**
   * The next request, if there is one; or there is something to write first.
   *
   * @param reads how often something could be read
   */
  Optional<Request> next(long reads, Instant now) {
    for (Entry entry : queue.doubts()) {
      boolean isItsTurn = reads > entry.reads() && !entry.notBefore().isAfter(now);
      Optional<Request> request =
          isItsTurn && !denials.isDenied(entry.target()) ? request(entry, now) : Optional.empty();
      if (request.isPresent() || !agenda.isEmpty()) {
        return request;
      }
    }
    for (String target : queue.targets()) {
      Optional<Request> request =
          denials.isDenied(target)
              ? Optional.empty()
              : first(target, now).flatMap(entry -> request(entry, now));
      if (request.isPresent() || !agenda.isEmpty()) {
        return request;
      }
    }
    return Optional.empty();
  }

  /** The batch of a target whose turn it is, if one may be sent now; or it is being cut. */
  private Optional<Entry> first(String target, Instant now) {
    if (!canaries.isDecided(target)) {
      elect(target);
    }
    if (!agenda.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> only = canaries.only(target, now);
    return only.isPresent() ? queue.unsent(only.get()) : Optional.of(queue.firstOf(target));
  }

  /** What a batch needs next: its folder's id, or to be sent. */
  private Optional<Request> request(Entry entry, Instant now) {
    Optional<FolderAnswer> folder = folders.of(entry.job().getTarget());
    if (folder.isPresent()) {
      return send(entry, folder.get(), now);
    }
    return folders.isAsking()
        ? Optional.empty()
        : Optional.of(new Request.Resolve(entry.job().getTarget()));
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

  private Optional<Request> send(Entry entry, FolderAnswer folder, Instant now) {
    if (folder.getError() != null) {
      queue.take(entry.id());
      sent.close(entry, ErrorCode.FOLDER_REFUSED, folder.getError(), now);
      return Optional.empty();
    }
    JobStatus job =
        entry.job().toBuilder().setRunId(rules.runId()).setFolderId(folder.getFolderId()).build();
    return Optional.of(new Request.Send(job, entry.sends() + 1));
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
    for (Entry entry : queue.all()) {
      queue.take(entry.id());
      boolean isRefused = ending.kind() == Ending.Kind.REFUSED && denials.isDenied(entry.target());
      if (entry.isInDoubt() && ending.kind() == Ending.Kind.QUOTA) {
        // Nothing speaks against it but the time: it stays as it is.
        continue;
      }
      if (entry.isInDoubt()) {
        String reason = entry.job().getErrorMessage();
        closing.hold(entry.job(), reason == null ? Doubt.inherited(entry.sends()) : reason, now);
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
        queue.doubts().stream()
            .map(Entry::notBefore)
            .filter(at -> at.isAfter(now))
            .min(Instant::compareTo);
    Optional<Instant> canary = canaries.next(now);
    return batch.isPresent() && canary.isPresent() && batch.get().isBefore(canary.get())
        ? batch
        : canary.or(() -> batch);
  }
}
