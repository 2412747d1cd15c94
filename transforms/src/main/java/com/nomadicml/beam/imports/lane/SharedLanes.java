package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.status.LeaseHeldException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.annotation.Nullable;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes of this process by run. An engine cuts a bundle after a second or ten, so a lane lives
 * on between the slices of its transform, and ends when none has been attached for a while.
 */
public final class SharedLanes {
  /** How long a lane waits for the next slice. */
  static final Duration LINGER = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(SharedLanes.class);

  /** By this name Dataflow knows that further workers would wait as well. */
  private static final Counter THROTTLED =
      Metrics.counter(Metrics.THROTTLE_TIME_NAMESPACE, Metrics.THROTTLE_TIME_COUNTER_NAME);

  private static final Map<String, SharedLane> LANES = new ConcurrentHashMap<>();

  private SharedLanes() {}

  /**
   * Drives the lane of a run on a thread of its own until the slice is closed, if no other process
   * does.
   *
   * @throws RuntimeException as the lane has ended, when it broke
   */
  static Slice attach(LaneSettings settings) {
    synchronized (LANES) {
      SharedLane lane = LANES.get(settings.runId());
      if (lane == null) {
        Optional<HeldLane> held = HeldLane.take(settings);
        if (held.isEmpty()) {
          return () -> {};
        }
        lane = new SharedLane(settings, held.get());
        LANES.put(settings.runId(), lane);
        lane.start();
      }
      lane.throwIfBroken();
      return lane.attach();
    }
  }

  /** A slice of a transform that waits for a lane. */
  interface Slice extends AutoCloseable {
    @Override
    void close();
  }

  private static final class SharedLane {
    private final LaneSettings settings;
    private final HeldLane held;
    private int attached;
    private Instant detachedAt;
    @Nullable private RuntimeException failure;

    SharedLane(LaneSettings settings, HeldLane held) {
      this.settings = settings;
      this.held = held;
    }

    void start() {
      Thread thread = new Thread(this::drive, "lane-" + settings.runId());
      thread.setDaemon(true);
      thread.start();
    }

    private void drive() {
      try (held) {
        held.run(this::tick);
        forget();
      } catch (LeaseHeldException e) {
        if (held.isLost()) {
          LOG.warn("Another process has taken the lane of run {}", settings.runId());
          forget();
        } else {
          fail(e);
        }
      } catch (RuntimeException e) {
        fail(e);
      } catch (Error e) {
        fail(new IllegalStateException("the lane broke", e));
      }
    }

    private void tick(LaneView unused) {
      synchronized (LANES) {
        leaveIfAlone();
      }
    }

    private void leaveIfAlone() {
      Instant now = settings.clock().instant();
      if (attached == 0 && !now.isBefore(detachedAt.plus(LINGER))) {
        held.leave();
      }
    }

    Slice attach() {
      attached++;
      return this::detach;
    }

    private void detach() {
      // On the slice's own thread, where the runner looks for it.
      THROTTLED.inc(held.takeQuotaWait());
      synchronized (LANES) {
        attached--;
        detachedAt = settings.clock().instant();
      }
    }

    private void forget() {
      synchronized (LANES) {
        LANES.remove(settings.runId());
      }
    }

    /** The next slice is told, and the one after it begins a lane anew. */
    private void fail(RuntimeException e) {
      synchronized (LANES) {
        failure = e;
      }
    }

    private void throwIfBroken() {
      if (failure != null) {
        LANES.remove(settings.runId());
        throw failure;
      }
    }
  }
}
