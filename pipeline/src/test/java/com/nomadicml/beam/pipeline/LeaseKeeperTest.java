package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseClaim;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.Leases;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases while a pipeline runs; the timer is the test's. */
class LeaseKeeperTest {
  private static final HolderProcess ELSEWHERE = new HolderProcess("it", "other", "other||1|2");

  @TempDir private Path directory;
  private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1);
  private ImportSettings settings;
  private Leases leases;

  @BeforeEach
  void acquire() {
    ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
    options.setManifest("m.txt");
    options.setStatusTable(statusTable());
    settings = ImportSettings.of(options, "r1");
    settings.store().createTables();
    leases = settings.store().leases();
    acquire("r1");
  }

  @Test
  void aRenewedLeaseKeepsOthersOut() throws SQLException {
    expire();
    try (HttpApiFactory api = api();
        LeaseKeeper keeper = LeaseKeeper.start(settings, api, timer)) {
      keeper.run();

      assertThatThrownBy(() -> acquire("r2")).isInstanceOf(LeaseHeldException.class);
    }
  }

  @Test
  void aRunThatHasLostItsLeaseSendsNothingAnyMore() throws SQLException {
    try (HttpApiFactory api = api();
        LeaseKeeper keeper = LeaseKeeper.start(settings, api, timer)) {
      keeper.run();
      expire();
      acquire("r2");

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
      LeaseKeeper.start(settings, api, timer).close();

      assertThat(timer.isShutdown()).isTrue();
    }
  }

  private void acquire(String runId) {
    leases.acquire(
        new LeaseClaim("user/", runId, ELSEWHERE, Lease.Kind.BATCH), AcquireLease.EXPIRY);
  }

  private void expire() throws SQLException {
    try (Connection connection = DriverManager.getConnection(statusTable());
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE import_leases SET expires_at = '2001-01-01T00:00:00.000Z'");
    }
  }

  private String statusTable() {
    return "jdbc:sqlite:" + directory.resolve("status.db");
  }

  private HttpApiFactory api() {
    return new HttpApiFactory(
        "keeper-" + directory,
        URI.create("http://127.0.0.1:1"),
        ApiKeySource.anyKey(),
        "videos",
        RequestQuota.unlimited(),
        day -> 0,
        Clock.systemUTC(),
        Sleeper.real());
  }
}
