package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-11-26T00:00:00Z");

  /** They come to light when the lane ends, which may be a day later. */
  @Test
  void requestsOfALaneElsewhereCountForTheDayTheyWereSentOn(@TempDir Path directory) {
    StatusStore store = StatusStore.at("jdbc:sqlite:" + directory.resolve("status.db"));
    store.createTables();
    Clock clock = Clock.fixed(MIDNIGHT.plus(Duration.ofMinutes(10)), ZoneOffset.UTC);
    RunStatus started = RunStatus.started("r1", "m.csv", "", MIDNIGHT.minusSeconds(3_600));
    try (HttpApiFactory api = api(clock)) {
      RunRecord run = new RunRecord(store, started, api, clock, 0);
      run.pipelineStarts();
      store.lane().requests("r1", "a worker", MIDNIGHT.minusSeconds(3_600), 30, 0, 0);
      store.lane().requests("r1", "a worker", MIDNIGHT, 5, 0, 0);

      run.ended(new Counters(Map.of(ImportMetrics.REQUESTS, 35L)));
      run.end(RunState.COMPLETED);
    }

    RunStatus ended = store.run("r1").orElseThrow();
    assertThat(ended.getRequests()).isEqualTo(35);
    assertThat(ended.getQuotaDay()).isEqualTo("2026-11-26");
    assertThat(ended.getRequestsOnDay()).isEqualTo(5);
  }

  @Test
  void whatOthersHaveSpentIsLearntEveryTwentySeconds(@TempDir Path directory) {
    StatusStore store = StatusStore.at("jdbc:sqlite:" + directory.resolve("status.db"));
    store.createTables();
    AtomicReference<Instant> now = new AtomicReference<>(MIDNIGHT);
    Clock clock = new ReadClock(now);
    RunStatus started = RunStatus.started("r1", "m.csv", "", MIDNIGHT);
    try (HttpApiFactory api = api(clock)) {
      RunRecord run = new RunRecord(store, started, api, clock, 0);
      store.recordRun(
          RunStatus.started("r2", "m.csv", "", MIDNIGHT).toBuilder()
              .setQuotaDay("2026-11-26")
              .setRequestsOnDay(7)
              .build());

      now.set(MIDNIGHT.plusSeconds(19));
      run.exchangeWhenDue();
      assertThat(run.spentToday()).isZero();
      now.set(MIDNIGHT.plusSeconds(20));
      run.exchangeWhenDue();
      assertThat(run.spentToday()).isEqualTo(7);
    }
  }

  private static HttpApiFactory api(Clock clock) {
    return new HttpApiFactory(
        "r1",
        URI.create("http://127.0.0.1:1"),
        ApiKeySource.anyKey(),
        "videos",
        RequestQuota.unlimited(),
        day -> 0,
        clock,
        Sleeper.real());
  }

  /** Tells the time that it is set to. */
  private static final class ReadClock extends Clock {
    private final AtomicReference<Instant> now;

    ReadClock(AtomicReference<Instant> now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now.get();
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
