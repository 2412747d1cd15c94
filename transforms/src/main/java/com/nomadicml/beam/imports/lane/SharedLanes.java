package com.nomadicml.beam.imports.lane;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.util.concurrent.Uninterruptibles;
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
 * on between the slices of its transform. It leaves when the last function of this process is torn
 * down, or, as an engine need not do that, when no slice has been attached for a while.
 */
public final class SharedLanes {
  /** How long a lane waits for the next slice. */
  static final Duration LINGER = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(SharedLanes.class);

  /** By this name Dataflow knows that further workers would wait as well. */
  private static final Counter THROTTLED =
      Metrics.counter(Metrics.THROTTLE_TIME_NAMESPACE, Metrics.THROTTLE_TIME_COUNTER_NAME);

  /** How long a function that is torn down waits for its lane: its classes may go with it. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Map<String, SharedLane> LANES = new ConcurrentHashMap<>();

  /** How many functions of this process may take slices, by run. */
  private static final Multiset<String> FUNCTIONS = ConcurrentHashMultiset.create();

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

  /** A function that takes slices is set up. */
  static void enter(String runId) {
    FUNCTIONS.add(runId);
  }

  /** A function is torn down; with the last one of a run goes its lane. */
  static void exit(String runId) {
    SharedLane lane;
    synchronized (LANES) {
      FUNCTIONS.remove(runId);
      lane = LANES.get(runId);
      if (lane == null || FUNCTIONS.contains(runId)) {
        return;
      }
      lane.held.leave();
    }
    lane.await(GRACE);
  }

  /** Ends the lane of a run that has ended: an engine may not have torn its functions down. */
  public static void forget(String runId) {
    SharedLane lane;
    synchronized (LANES) {
      FUNCTIONS.setCount(runId, 0);
      lane = LANES.get(runId);
      if (lane == null) {
        return;
      }
      lane.held.leave();
      if (lane.failure != null) {
        LANES.remove(runId);
      }
    }
    lane.await(GRACE);
  }

  /** How the lane of a run is doing; empty when this process does not drive it. */
  static Optional<LaneView> viewOf(String runId) {
    return Optional.ofNullable(LANES.get(runId)).map(lane -> lane.view);
  }

  /** A slice of a transform that waits for a lane. */
  interface Slice extends AutoCloseable {
    @Override
    void close();
  }

  private static final class SharedLane {
    private final LaneSettings settings;
    private final HeldLane held;
    private final Thread thread;
    private int attached;
    private Instant detachedAt;
    @Nullable private volatile LaneView view;
    @Nullable private RuntimeException failure;

    SharedLane(LaneSettings settings, HeldLane held) {
      this.settings = settings;
      this.held = held;
      this.thread = new Thread(this::drive, "lane-" + settings.runId());
      thread.setDaemon(true);
    }

    void start() {
      thread.start();
    }

    void await(Duration time) {
      Uninterruptibles.joinUninterruptibly(thread, time);
    }

    private void drive() {
      try {
        try (held) {
          held.run(this::tick);
        }
        // Once it is given back: who takes it then need not ask what is on the wire.
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

    private void tick(LaneView now) {
      synchronized (LANES) {
        view = now;
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
