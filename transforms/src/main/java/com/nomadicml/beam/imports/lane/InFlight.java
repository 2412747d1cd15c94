package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.JobReader;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.LaneStore.Fixed;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;

/** The requests of a lane that are under way. For the one thread of the lane. */
final class InFlight {
  private final String runId;
  private final LaneStore store;
  private final LaneApi api;
  private final JobReader reader;
  private final Executor intents;
  private final Executor requests;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private int size;
  private volatile boolean isEnded;

  /** What {@link LaneApi#requestsSent} tells once the quota has let all through. */
  private long sentThen;

  /**
   * @param intents where it is written what is about to be sent, one after the other
   * @param requests where requests are made
   */
  InFlight(LaneRules rules, LaneStore store, LaneApi api, Executor intents, Executor requests) {
    this.runId = rules.runId();
    this.store = store;
    this.api = api;
    this.reader = new JobReader(api.client(), rules.pageSize());
    this.intents = intents;
    this.requests = requests;
  }

  /** When the quota has room for a request after these, {@code now} or later. */
  Instant nextRequestAt(Instant now) {
    return api.nextRequestAt(now, notLetThrough());
  }

  /** Requests that the quota does not know of yet; a further try of one counts, too. */
  private int notLetThrough() {
    return (int) Math.max(0, Math.min(size, sentThen - api.requestsSent()));
  }

  void add(Request request, Instant now) {
    sentThen = api.requestsSent() + notLetThrough() + 1;
    size++;
    if (request instanceof Request.Send send) {
      intents.execute(() -> intend(send, now));
    } else {
      requests.execute(() -> answers.add(Answer.to(request, api.client(), reader)));
    }
  }

  /** The next answer, if there is one. */
  @Nullable
  Answer poll() {
    return taken(answers.poll());
  }

  /** The next answer; null when there is none in time. */
  @Nullable
  Answer poll(long millis) throws InterruptedException {
    return taken(answers.poll(millis, TimeUnit.MILLISECONDS));
  }

  @Nullable
  private Answer taken(@Nullable Answer answer) {
    if (answer != null) {
      sentThen = api.requestsSent() + notLetThrough() - (answer.isGone() ? 1 : 0);
      size--;
    }
    return answer;
  }

  /** Nobody asks for answers any more: nothing more is sent. */
  void end() {
    isEnded = true;
  }

  /** What came before is written by the lane's thread meanwhile. */
  private void intend(Request.Send send, Instant now) {
    if (isEnded) {
      return;
    }
    try {
      Optional<Fixed> fixed = store.intend(send.job(), runId, send.sends(), now, FixedBody::of);
      if (fixed.isPresent() && isEnded) {
        store.withdraw(send.job().getBatchId(), send.sends());
      } else if (fixed.isPresent()) {
        requests.execute(() -> answers.add(send(fixed.get())));
      } else {
        answers.add(Answer.gone(send));
      }
    } catch (RuntimeException e) {
      answers.add(new Answer(send, null, null, e));
    } catch (Error e) {
      answers.add(new Answer(send, null, null, new IllegalStateException("an intent broke", e)));
    }
  }

  /** What was not sent is no doubt of a later lane. This one ends, maybe before it is told. */
  private Answer send(Fixed fixed) {
    Answer answer = Answer.to(fixed, api.client());
    if (answer.isUnsent()) {
      try {
        store.withdraw(fixed.batch().getBatch().getBatchId(), fixed.sends());
      } catch (RuntimeException e) {
        answer.failure().addSuppressed(e);
      }
    }
    return answer;
  }
}
