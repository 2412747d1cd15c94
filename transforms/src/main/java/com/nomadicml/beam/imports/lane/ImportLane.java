package com.nomadicml.beam.imports.lane;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.imports.Look;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.LaneStore.OpenBatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * Carries out what the {@link LanePolicy} decides, against the API, the tables and a clock. One
 * thread decides, and writes what came of requests; another writes what is about to be sent;
 * requests are made on others, several at once.
 *
 * <p>No request is forgotten: its intent is in the tables before it is sent. A lane that is cut off
 * at any point is begun anew from them.
 */
public final class ImportLane {
  /** What is left of a plan needs no canary again when its target has worked within that time. */
  private static final Duration PROVEN = Duration.ofDays(1);

  private static final Duration A_DAY = Duration.ofDays(1);

  /** How often the lane of a stream asks what was planned for it, where asking costs little. */
  private static final Duration ARRIVALS = Duration.ofSeconds(2);

  /** Who runs a lane has other things to see to now and then. */
  private static final Duration TICK = Duration.ofMillis(500);

  /** Of a run that was asked to pause, until it is looked again: long enough to be no quota's. */
  private static final Duration PAUSE = RequestBudget.WINDOW.multipliedBy(2);

  private final LaneRules rules;
  private final LaneStore store;
  private final LaneApi api;
  private final Clock clock;
  private final LanePolicy policy;
  private final BatchBook book;
  private final LaneWriter writer;
  private final InFlight inFlight;
  private final Duration arrivals;
  private final Wishes wishes;
  private Function<LaneStore.Intent, Instant> offTheWireAt = intent -> Instant.MIN;
  private Instant askedForArrivals = Instant.EPOCH;

  /**
   * @param intents where it is written what is about to be sent, one after the other
   * @param requests where requests are made
   */
  public ImportLane(
      LaneRules rules,
      LaneStore store,
      LaneApi api,
      Executor intents,
      Executor requests,
      Clock clock) {
    this.rules = rules;
    this.store = store;
    this.api = api;
    this.clock = clock;
    this.policy = new LanePolicy(rules);
    this.book = new BatchBook(this.store, rules.runId(), clock);
    this.writer = new LaneWriter(rules.runId(), this.store, policy, book);
    this.wishes = new Wishes(store, rules.runId());
    this.inFlight = new InFlight(rules, store, api, intents, requests);
    this.arrivals = Comparators.max(ARRIVALS, store.pollInterval());
    if (api.quotaPatience().compareTo(A_DAY) > 0) {
      policy.waitForTheDay();
    }
  }

  /**
   * Takes up what is open in the destinations of the run.
   *
   * @param offTheWireAt when what was sent is not on the wire any more
   */
  public void open(Function<LaneStore.Intent, Instant> offTheWireAt) {
    this.offTheWireAt = offTheWireAt;
    Instant now = clock.instant();
    Set<ImportTarget> proven = store.proven(rules.runId(), now.minus(PROVEN));
    List<OpenBatch> all =
        rules.isEndless()
            ? store.adoptSent(rules.runId(), isHeld())
            : store.adopt(rules.runId(), isHeld());
    // A new plan is a new try.
    all.stream().filter(this::isOwn).forEach(own -> proven.remove(own.job().getTarget()));
    takeUp(all, now);
    proven.forEach(policy::works);
  }

  private boolean isHeld() {
    return rules.onUnknown() == OnUnknownSubmit.HOLD;
  }

  private boolean isOwn(OpenBatch open) {
    return open.job().getRunId().equals(rules.runId());
  }

  /** Takes up those that are not known yet; whether there are any. */
  private boolean takeUp(List<OpenBatch> all, Instant now) {
    List<OpenBatch> unknown =
        all.stream().filter(open -> !policy.knows(open.job().getBatchId())).toList();
    unknown.forEach(open -> takeUp(open, now));
    List<OpenBatch> inherited = unknown.stream().filter(open -> !isOwn(open)).toList();
    if (!inherited.isEmpty()) {
      String text = inherited.size() + " batches of earlier runs are taken up";
      store.event(rules.runId(), now, "RESUMED", text);
      if (rules.isEndless()) {
        // In batch, planning has counted them.
        Metrics.counter(ImportMetrics.NAMESPACE, ImportMetrics.RESUMED)
            .inc(inherited.stream().mapToInt(open -> open.job().getRequested()).sum());
      }
    }
    return !unknown.isEmpty();
  }

  private void takeUp(OpenBatch open, Instant now) {
    JobStatus job = open.job().toBuilder().setRunId(rules.runId()).build();
    LaneStore.Intent intent = open.intent();
    if (intent != null && intent.key().equals(job.getBatchId())) {
      // An earlier version may have sent it like this, and has not said so: it is not cut.
      policy.works(job.getTarget());
    }
    if (job.getSubmittedAt() != null) {
      resume(job, open.cursor(), now);
      if (intent != null && intent.runId().equals(rules.runId())) {
        policy.wasSent(job, waited(open.cursor()), now);
      }
    } else if (intent == null || intent.sends() == 0) {
      policy.planned(job, 0, Instant.MIN, now);
    } else {
      policy.planned(job, intent.sends(), offTheWireAt.apply(intent.notAfter(now)), now);
    }
  }

  /**
   * Takes up what was planned or sent since: by others, as two may have been at work here for a
   * while, or for a lane that never ends.
   */
  private boolean takeUpTheRest(Instant now) {
    if (!rules.isEndless()) {
      return policy.isDone() && takeUp(store.adopt(rules.runId(), isHeld()), now);
    }
    // A clock that was set back is no reason to wait longer.
    if (Duration.between(askedForArrivals, now).abs().compareTo(arrivals) < 0) {
      return false;
    }
    askedForArrivals = now;
    if (policy.hasEnough(now)) {
      // A backlog stays in the tables until there is room for it.
      return false;
    }
    List<OpenBatch> arrived = store.arrived(rules.runId(), isHeld());
    policy.mayHearOfMore(!arrived.isEmpty());
    return takeUp(arrived, now);
  }

  private void resume(JobStatus job, LaneStore.Cursor cursor, Instant now) {
    writer.awaits(job);
    Reading reading = cursor == null ? null : Reading.parse(cursor.reading());
    if (reading != null) {
      book.recall(job.getBatchId(), reading.shown());
    }
    boolean isLegacy = job.getImportJobId() == null;
    ImportJob importJob = isLegacy ? book.open(job).importJob() : light(job);
    policy.submitted(
        job, importJob, waited(cursor), reading == null ? null : reading.progress(), now);
  }

  private static Duration waited(@Nullable LaneStore.Cursor cursor) {
    return cursor == null ? Duration.ZERO : Duration.ofMillis(cursor.waited());
  }

  /** What a job is awaited by; its items are looked up once it is read. */
  private static ImportJob light(JobStatus job) {
    return ImportJob.of(
        job.getBatchId(),
        job.getImportJobId(),
        job.getRequested(),
        0,
        job.getSubmittedAt(),
        List.of(),
        List.of());
  }

  /** What is done between the steps of a lane. */
  public interface Ticker {
    /** Shows how the lane is doing, and ends it by an exception if need be. */
    void tick(LaneView view);
  }

  /** Takes steps until all is done, or nothing can be done any more. */
  public Ending run(Ticker ticker) throws InterruptedException {
    try {
      return runToTheEnd(ticker);
    } finally {
      inFlight.end();
    }
  }

  private Ending runToTheEnd(Ticker ticker) throws InterruptedException {
    while (true) {
      Step step = step(clock.instant());
      ticker.tick(view());
      if (step instanceof Step.Ended ended) {
        return ended.ending();
      }
      Duration wait = Duration.between(clock.instant(), ((Step.Wait) step).until());
      long millis = Math.max(1, Math.min(TICK.toMillis(), wait.toMillis()));
      Answer answer = inFlight.poll(millis);
      if (answer != null) {
        learn(answer, clock.instant());
      }
    }
  }

  /** Takes all steps that can be taken now; what is left is to wait, or the end. */
  Step step(Instant now) {
    while (true) {
      for (Answer answer = inFlight.poll(); answer != null; answer = inFlight.poll()) {
        learn(answer, now);
      }
      wishes.news(now).ifPresent(this::follow);
      keepToTheQuota(now);
      if (takeUpTheRest(now)) {
        continue;
      }
      Step step = policy.decide(now);
      if (step instanceof Step.Write write) {
        writer.write(write.change(), now);
      } else if (step instanceof Step.Call call) {
        inFlight.add(call.request(), now);
      } else {
        return step instanceof Step.Wait wait ? noLongerThanArrivals(wait) : step;
      }
    }
  }

  private Step noLongerThanArrivals(Step.Wait wait) {
    Instant next = askedForArrivals.plus(arrivals);
    return rules.isEndless() && next.isBefore(wait.until()) ? new Step.Wait(next) : wait;
  }

  /** How the lane is doing. */
  public LaneView view() {
    return policy.view();
  }

  /** Sends nothing any more, and ends once what is under way has been written. */
  public void stop(String reason) {
    policy.stop(Ending.Kind.STOPPED, reason);
  }

  /** Sends nothing any more, and leaves all that is open as it is, for who takes the lane. */
  public void leave() {
    policy.stop(Ending.Kind.LEFT, "");
  }

  private void follow(RunWish wish) {
    if (wish.kind() == RunWish.Kind.STOP) {
      stop("it was asked to stop: " + wish.text());
    }
  }

  private void keepToTheQuota(Instant now) {
    if (wishes.isPaused()) {
      policy.mayAskAt(now.plus(PAUSE));
      return;
    }
    policy.mayAskAt(inFlight.nextRequestAt(now));
    // Without those in flight, which may have their place already.
    Instant at = api.nextRequestAt(now, 0);
    if (Duration.between(now, at).compareTo(api.quotaPatience()) > 0) {
      policy.stop(Ending.Kind.QUOTA, new QuotaSpentException(at).getMessage());
    }
  }

  private void learn(Answer answer, Instant now) {
    if (answer.failure() instanceof RequestsEndedException e) {
      policy.ended(answer.request(), e);
    } else if (answer.failure() instanceof ApiException e) {
      policy.failed(answer.request(), e, now);
    } else if (answer.failure() != null) {
      throw (RuntimeException) answer.failure();
    } else if (answer.isGone()) {
      policy.gone((Request.Send) answer.request());
    } else if (answer.request() instanceof Request.Send send) {
      writer.accepted(answer.sent());
      policy.accepted(send, (SubmitAnswer) answer.value(), now);
    } else if (answer.request() instanceof Request.Read read) {
      ImportJob exact = writer.job(read.job().getBatchId());
      policy.shown(read, exact, (Look) answer.value(), now);
    } else if (answer.request() instanceof Request.Resolve resolve) {
      policy.resolved(resolve, (FolderAnswer) answer.value(), now);
    } else {
      policy.probed((Request.Probe) answer.request(), now);
    }
  }
}
