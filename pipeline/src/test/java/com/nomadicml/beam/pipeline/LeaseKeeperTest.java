package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.Leases;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases while a pipeline runs; the timer is the test's. */
class LeaseKeeperTest {
  private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
  private static final HolderProcess ELSEWHERE = new HolderProcess("it", "other", "other||1|2");

  @TempDir private Path directory;
  private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1);
  private ImportSettings settings;
  private Leases leases;

  @BeforeEach
  void acquire() {
    ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
    options.setManifest("m.txt");
    options.setStatusTable("jdbc:sqlite:" + directory.resolve("status.db"));
    settings = ImportSettings.of(options, "r1");
    settings.store().createTables();
    leases = settings.store().leases();
    leases.acquire(lease("r1", START), START);
  }

  @Test
  void aRenewedLeaseKeepsOthersOut() {
    Instant later = START.plus(AcquireLease.EXPIRY).minusSeconds(1);
    try (HttpApiFactory api = api();
        LeaseKeeper keeper = LeaseKeeper.start(settings, api, at(later), timer)) {
      keeper.run();

      Instant afterTheFirst = START.plus(AcquireLease.EXPIRY).plusSeconds(1);
      assertThatThrownBy(() -> leases.acquire(lease("r2", afterTheFirst), afterTheFirst))
          .isInstanceOf(LeaseHeldException.class);
    }
  }

  @Test
  void aRunThatHasLostItsLeaseSendsNothingAnyMore() {
    try (HttpApiFactory api = api();
        LeaseKeeper keeper = LeaseKeeper.start(settings, api, at(START), timer)) {
      keeper.run();
      Instant muchLater = START.plus(AcquireLease.EXPIRY.multipliedBy(3));
      leases.acquire(lease("r2", muchLater), muchLater);

      assertThat(keeper.isLost()).isFalse();

      keeper.run();

      assertThat(keeper.isLost()).isTrue();
      assertThatThrownBy(() -> api.openHere().verifyKey()).hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void itEndsWithThePipeline() {
    try (HttpApiFactory api = api()) {
      LeaseKeeper.start(settings, api, at(START), timer).close();

      assertThat(timer.isShutdown()).isTrue();
    }
  }

  private static Lease lease(String runId, Instant at) {
    return Lease.of("user/", runId, ELSEWHERE, at, at.plus(AcquireLease.EXPIRY));
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }

  private HttpApiFactory api() {
    return new HttpApiFactory(
        "keeper-" + directory,
        URI.create("http://127.0.0.1:1"),
        ApiKeySource.anyKey(),
        "videos",
        RequestQuota.unlimited(),
        day -> 0,
        at(START),
        Sleeper.real());
  }
}
