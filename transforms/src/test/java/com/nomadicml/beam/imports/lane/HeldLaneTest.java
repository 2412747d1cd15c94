package com.nomadicml.beam.imports.lane;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.ScriptedServer;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lanes that end otherwise than they should. */
class HeldLaneTest {
  @TempDir private Path directory;

  private final ScriptedServer server = new ScriptedServer();
  private LaneFixture fixture;

  @BeforeEach
  void start(TestInfo test) {
    fixture = new LaneFixture(directory.resolve("status.db"), new Random(1));
    // As a process keeps the gates of its runs.
    fixture.runs = test.getDisplayName();
    fixture.plan("b", 0, 3);
    fixture.begin(LaneFixture.rules(""));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private LaneSettings settings(Clock clock) {
    return settings(clock, Clock.systemUTC(), RequestQuota.unlimited());
  }

  private LaneSettings settings(Clock clock, Clock clockOfTheApi, RequestQuota quota) {
    HttpApiFactory api =
        new HttpApiFactory(
            fixture.rules.runId(),
            server.url(),
            ApiKeySource.anyKey(),
            "videos",
            quota,
            day -> 0,
            clockOfTheApi,
            Sleeper.real());
    return new LaneSettings(fixture.rules, fixture.store, api, clock);
  }

  @Test
  void aLaneIsNotGivenBackWhileARequestMayBeOnTheWire() {
    server.then(unanswered -> {});
    try (HeldLane held = HeldLane.take(settings(Clock.systemUTC())).orElseThrow()) {
      assertThatThrownBy(() -> held.run(view -> breakOnceSent()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("broken");
    }

    assertThat(fixture.query("SELECT expires_at > 0 FROM import_lanes")).containsExactly("1");
  }

  private void breakOnceSent() {
    if (!server.requests().isEmpty()) {
      throw new IllegalStateException("broken");
    }
  }

  @Test
  void aLaneThatBreaksWithNothingOnTheWireIsGivenBack() {
    try (HeldLane held = HeldLane.take(settings(new BrokenClock())).orElseThrow()) {
      assertThatThrownBy(() -> held.run(view -> {})).isInstanceOf(NoClassDefFoundError.class);
    }

    assertThat(fixture.query("SELECT expires_at FROM import_lanes")).containsExactly("0");
  }

  /** The lane has a thread of its own, whose errors nobody else sees. */
  @Test
  @Timeout(60)
  void anErrorOfASharedLaneIsToldToTheNextSlice() {
    LaneSettings settings = settings(new BrokenClock());

    assertThatThrownBy(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                SharedLanes.attach(settings).close();
                Thread.onSpinWait();
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseInstanceOf(NoClassDefFoundError.class);
  }

  /** The lane waits on a thread of its own, where no runner looks. */
  @Test
  @Timeout(60)
  void waitingForTheQuotaIsCountedWhereDataflowReadsIt() throws Exception {
    fixture.plan("c", 0, 3);
    server.times(2, ScriptedServer.Answer.of(400, "{}"));
    SetClock clock = new SetClock();
    RequestQuota quota =
        new RequestQuota(1, 0, Duration.ofHours(1), LocalDate.ofInstant(clock.now, UTC), 0);
    LaneSettings settings = settings(clock, clock, quota);
    MetricsContainerImpl step = new MetricsContainerImpl("PollImports/Lane");
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(step)) {
      SharedLanes.enter(settings.runId());
      LaneView seen = null;
      while (server.requests().size() < 2) {
        SharedLanes.attach(settings).close();
        LaneView now = SharedLanes.viewOf(settings.runId()).orElse(null);
        if (now != seen) {
          seen = now;
          clock.now = clock.now.plusSeconds(5);
        }
        Thread.onSpinWait();
      }
      SharedLanes.exit(settings.runId());
    }

    assertThat(server.requests()).hasSize(2);
    MetricName name = MetricName.named("beam-throttling-metrics", "throttling-msecs");
    assertThat(step.tryGetCounter(name).getCumulative()).isGreaterThan(40_000);
  }

  @Test
  @Timeout(60)
  void aLaneThatNoSliceComesBackToLeaves() {
    fixture.begin(LaneFixture.rules("").endless());
    SetClock clock = new SetClock();
    SharedLanes.attach(settings(clock)).close();
    while (SharedLanes.viewOf(fixture.rules.runId()).isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(isFree()).isFalse();

    clock.now = clock.now.plus(SharedLanes.LINGER);

    while (SharedLanes.viewOf(fixture.rules.runId()).isPresent()) {
      Thread.onSpinWait();
    }
    assertThat(isFree()).isTrue();
  }

  /** Before its classes go: those of a job on Flink do, once its functions have been torn down. */
  @Test
  @Timeout(60)
  void aLaneLeavesWithTheLastFunctionThatIsTornDown() {
    fixture.begin(LaneFixture.rules("").endless());
    String runId = fixture.rules.runId();
    SharedLanes.enter(runId);
    SharedLanes.enter(runId);
    SharedLanes.attach(settings(new SetClock())).close();

    SharedLanes.exit(runId);
    assertThat(isFree()).isFalse();

    SharedLanes.exit(runId);
    assertThat(isFree()).isTrue();
  }

  private boolean isFree() {
    return fixture
        .query("SELECT expires_at FROM import_lanes WHERE run_id = '" + fixture.rules.runId() + "'")
        .equals(List.of("0"));
  }

  @Test
  void aLaneThatLeavesIsNotRenewed() {
    try (HeldLane held = HeldLane.take(settings(Clock.systemUTC())).orElseThrow()) {
      held.renew();
      fixture.execute("UPDATE import_lanes SET expires_at = 1");
      fixture.execute("UPDATE import_leases SET expires_at = 1");
      held.leave();
      held.renew();

      assertThat(fixture.query("SELECT expires_at FROM import_lanes")).containsExactly("1");
      assertThat(fixture.query("SELECT expires_at FROM import_leases")).containsExactly("1");
    }
  }

  /** Stands still until it is set. */
  private static final class SetClock extends Clock {
    private volatile Instant now = LaneFixture.START;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Breaks where a lane asks for the time. */
  private static final class BrokenClock extends Clock {
    @Override
    public Instant instant() {
      boolean isLane =
          StackWalker.getInstance()
              .walk(
                  frames ->
                      frames.anyMatch(
                          frame -> frame.getClassName().equals(ImportLane.class.getName())));
      if (isLane) {
        throw new NoClassDefFoundError("com/nomadicml/beam/Lost");
      }
      return Instant.now();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
