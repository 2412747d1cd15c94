package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseClaim;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.StatusStore;
import java.io.Serializable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leases of a run while its plan is made, with no launcher beside the job. */
class KeepLeaseTest {
  private static final HolderProcess ELSEWHERE = new HolderProcess("it", "other", "other||1|2");

  @TempDir private Path directory;
  private ImportSettings settings;
  private String url;

  @BeforeEach
  void acquire() {
    url = "jdbc:sqlite:" + directory.resolve("status.db");
    ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
    options.setManifest("m.txt");
    options.setStatusTable(url);
    settings = ImportSettings.of(options, "r1");
    settings.store().createTables();
    acquire(url, "r1");
    KeepLease.forget("r1");
  }

  @Test
  void aSecondRunIsKeptOutHoweverLongPlanningTakes() {
    Pipeline pipeline = Pipeline.create();
    String tables = url;
    PCollection<String> planned =
        pipeline
            .apply(Create.of("an element"))
            .apply("PlanningTakesLong", step(element -> expire(tables)))
            .apply("Keep", keep(pipeline, Clock.systemUTC()))
            .apply("SecondRun", step(element -> acquire(tables, "r2")));
    PAssert.that(planned).containsInAnyOrder("run r1 is at work");
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aRunWhosePlaceWasTakenEndsWithItsPlan() {
    Pipeline pipeline = Pipeline.create();
    String tables = url;
    pipeline
        .apply(Create.of("an element"))
        .apply("PlanningTakesLong", step(element -> expire(tables)))
        .apply("SecondRun", step(element -> acquire(tables, "r2")))
        .apply("Keep", keep(pipeline, Clock.systemUTC()));

    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .hasCauseInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("run r1 has lost its lease");
  }

  @Test
  void aStepRenewsWhenAThirdOfTheTimeIsOver() throws SQLException {
    execute(url, "CREATE TABLE renewals (run_id TEXT)");
    execute(
        url,
        "CREATE TRIGGER renewed AFTER UPDATE ON import_leases"
            + " BEGIN INSERT INTO renewals VALUES (new.run_id); END");
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of("an element"))
        .apply(
            "OfOneBundle",
            FlatMapElements.into(TypeDescriptors.strings())
                .via(element -> Collections.nCopies(9, element)))
        .apply("Keep", keep(pipeline, new SteppingClock(Duration.ofSeconds(15))));
    pipeline.run().waitUntilFinish();

    // At 0, 45 and 90 seconds of 120.
    assertThat(count("SELECT COUNT(*) FROM renewals WHERE run_id = 'r1'")).isEqualTo(3);
  }

  private KeepLease<String> keep(Pipeline pipeline, Clock clock) {
    return new KeepLease<>(
        settings, clock, pipeline.apply("Leased", Create.of(1L)).apply(View.asSingleton()));
  }

  private static MapElements<String, String> step(SerializableFunction<String, String> step) {
    return MapElements.into(TypeDescriptors.strings()).via(step);
  }

  private static String acquire(String url, String runId) {
    try {
      StatusStore.at(url)
          .leases()
          .acquire(
              new LeaseClaim("user/", runId, ELSEWHERE, Lease.Kind.BATCH), AcquireLease.EXPIRY);
      return "run " + runId + " begins";
    } catch (LeaseHeldException e) {
      return "run r1 is at work";
    }
  }

  private static String expire(String url) {
    return execute(url, "UPDATE import_leases SET expires_at = '2001-01-01T00:00:00.000Z'");
  }

  private static String execute(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return sql;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private int count(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.getInt(1);
    }
  }

  /** Each look at it is a step later. */
  private static final class SteppingClock extends Clock implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Duration step;
    private Instant next = Instant.parse("2026-11-24T00:00:00Z");

    SteppingClock(Duration step) {
      this.step = step;
    }

    @Override
    public Instant instant() {
      Instant now = next;
      next = now.plus(step);
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
}
