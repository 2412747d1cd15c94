package com.nomadicml.beam.imports.lane;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.LaneLease;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.LeaseHeldException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane of a run, driven by this process as long as its epoch lasts. A thread of its own renews
 * it and the run's leases.
 */
public final class HeldLane implements AutoCloseable {
  /** How long a process may be silent before another may take its lane. */
  static final Duration EXPIRY = Duration.ofMinutes(2);

  /** The event of taking the place of a run that may be alive. */
  public static final String TOOK_OVER = "TOOK_OVER";

  private static final Logger LOG = LoggerFactory.getLogger(HeldLane.class);
  private static final Duration RENEWAL = EXPIRY.dividedBy(6);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** How long an answer is waited for: what was sent before is not on the wire any more. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(15);

  /** How often what a stream has counted is written. */
  private static final Duration COUNTING = Duration.ofMinutes(1);

  private static final Duration COUNTED_HOURS = Duration.ofHours(3);

  private final LaneSettings settings;
  private final LaneStore store;
  private final long epoch;
  private final boolean isInherited;
  private final LaneCounters counters = new LaneCounters();
  private final QuotaWait quotaWait = new QuotaWait();
  private final ExecutorService intents;
  private final ExecutorService requests;
  private final ScheduledExecutorService renewal;
  private final long requestsBefore;
  private volatile boolean isLost;
  private volatile boolean isLeft;
  private Instant nextCount = Instant.EPOCH;

  private HeldLane(LaneSettings settings, LaneLease.Taken taken) {
    this.settings = settings;
    this.epoch = taken.epoch();
    this.isInherited = taken.isInherited();
    this.store = settings.store().lane().heldBy(epoch);
    this.requestsBefore = settings.api().requestsSent();
    this.intents = Executors.newSingleThreadExecutor(threads("lane-intents"));
    this.requests =
        Executors.newFixedThreadPool(settings.rules().requestsAtOnce(), threads("lane-request-%d"));
    this.renewal = Executors.newSingleThreadScheduledExecutor(threads("lane-renewal"));
    renewal.scheduleAtFixedRate(
        this::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Takes a run's lane; empty while another process holds it, or when it has ended. */
  public static Optional<HeldLane> take(LaneSettings settings) {
    return settings
        .store()
        .lane()
        .lease()
        .take(settings.runId(), HolderProcess.current().identity(), EXPIRY)
        .map(taken -> new HeldLane(settings, taken));
  }

  private static ThreadFactory threads(String name) {
    return new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build();
  }

  /** A lane that leaves is not renewed: who needs it waits for its requests, and not for it. */
  void renew() {
    if (isLeft) {
      return;
    }
    try {
      settings.store().leases().renew(settings.runId(), EXPIRY);
      isLost();
    } catch (RuntimeException | Error e) {
      // An executor calls nothing again that has thrown. The next renewal is early enough.
      LOG.warn("The lane of run {} can't be renewed now: {}", settings.runId(), e.getMessage());
    }
  }

  /** Whether another process has taken the lane. */
  boolean isLost() {
    isLost = isLost || !store.lease().renew(settings.runId(), epoch, EXPIRY);
    return isLost;
  }

  /**
   * Drives the lane until nothing is left to do, or {@link #leave}.
   *
   * @throws LeaseHeldException when another process has taken it
   */
  public Ending run(ImportLane.Ticker ticker) {
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(counters)) {
      ImportLane lane =
          new ImportLane(
              settings.rules(),
              store,
              api(),
              store.mayIntendAside() ? task -> execute(intents, task) : Runnable::run,
              task -> execute(requests, task),
              settings.clock());
      lane.open(
          intent ->
              isInherited || store.events(settings.runId(), TOOK_OVER).contains(intent.runId())
                  ? intent.at().plus(REQUEST_TIMEOUT)
                  : Instant.MIN);
      Ending ending =
          lane.run(
              view -> {
                quotaWait.seen(settings.api().nextRequestAt(now()).isAfter(now()), now());
                if (isLost) {
                  throw LeaseHeldException.lost(settings.runId());
                }
                if (isLeft) {
                  lane.leave();
                }
                ticker.tick(view);
                countNowAndThen(view);
              });
      ended(ending, lane.view());
      return ending;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the lane was interrupted", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Instant now() {
    return settings.clock().instant();
  }

  /** Milliseconds that the lane has waited for the quota since the last call. */
  long takeQuotaWait() {
    return quotaWait.take();
  }

  private void execute(ExecutorService threads, Runnable task) {
    threads.execute(
        () -> {
          MetricsEnvironment.setCurrentContainer(counters);
          task.run();
        });
  }

  private LaneApi api() {
    return new HttpLaneApi(settings.api().openBriefly(), settings.api());
  }

  /** The lane of a stream has no end at which to tell it. */
  private void countNowAndThen(LaneView view) {
    if (settings.rules().isEndless() && !now().isBefore(nextCount)) {
      nextCount = now().plus(COUNTING);
      count(view, nextCount.minus(COUNTED_HOURS));
    }
  }

  /**
   * Writes what the lane has counted.
   *
   * @param since hours that have begun earlier are written already
   */
  private void count(LaneView view, Instant since) {
    Map<String, Long> counts = new HashMap<>(counters.byName());
    counts.merge(ImportMetrics.SUBMITTED, view.sent(), Long::sum);
    counts.merge(ImportMetrics.UNKNOWN_SUBMITS, view.doubts(), Long::sum);
    counts.merge(ImportMetrics.REQUESTS, settings.api().requestsSent() - requestsBefore, Long::sum);
    String part = LaneStore.LANE_PART + epoch;
    store.counted(
        settings.runId(),
        counts.entrySet().stream()
            .map(count -> PartCount.of(count.getKey(), part, count.getValue()))
            .toList());
    String process = HolderProcess.current().name();
    settings
        .api()
        .requestsByHour()
        .forEach(
            (hour, sent) -> {
              if (!hour.isBefore(since)) {
                store.requests(
                    settings.runId(), process, hour, sent.sent(), sent.refused(), sent.failed());
              }
            });
  }

  private void ended(Ending ending, LaneView view) {
    count(view, Instant.EPOCH);
    if (ending.kind() == Ending.Kind.LEFT) {
      return;
    }
    if (ending.kind() != Ending.Kind.DONE) {
      store.event(settings.runId(), now(), ending.kind().name(), ending.message());
    }
    store
        .lease()
        .end(settings.runId(), epoch, new LaneLease.End(ending.kind().name(), ending.message()));
  }

  /** Sends nothing any more, and ends once what is under way has been written. */
  public void leave() {
    isLeft = true;
  }

  /** Whether all tasks have come to an end by themselves; cuts off those that have not. */
  private static boolean isQuiet(ExecutorService tasks) {
    tasks.shutdown();
    try {
      return tasks.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      tasks.shutdownNow();
    }
  }

  @Override
  public void close() {
    // First: where the job's classes are gone, the rest may fail.
    renewal.shutdown();
    boolean isQuiet = isQuiet(intents) & isQuiet(requests) & isQuiet(renewal);
    // Else it expires: who takes it then knows that something may be on the wire.
    if (!isLost && isQuiet) {
      store.lease().release(settings.runId(), epoch);
    }
    store.close();
  }
}
