package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseClaim;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A second run into a destination while one is alive there. */
class LeaseTest {
  @TempDir private Path directory;
  private ImportHarness harness;
  private Path manifest;

  @BeforeEach
  void start() {
    EmulatorOptions options = ImportHarness.fast();
    harness = ImportHarness.start(directory, options);
    manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
    StatusStore.at(harness.statusTable()).createTables();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void theSecondRunSaysWhoIsAtWorkAndSendsNothing() throws SQLException {
    hold("user/");

    Outcome outcome = harness.importFrom(manifest);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err().strip())
        .contains("run other", HolderProcess.current().name(), "user/")
        .hasLineCount(1);
    assertThat(harness.stats().byRoute()).doesNotContainKey("POST /api/s3/upload");
    for (String table : List.of("videos", "runs", "requests", "counts", "events")) {
      assertThat(harness.query("SELECT COUNT(*) FROM import_" + table)).containsExactly("0");
    }
    assertThat(harness.query("SELECT run_id FROM import_leases")).containsExactly("other");
  }

  @Test
  void aStreamEndsAtOnceWhileABatchIsAtWorkAnywhere() throws SQLException {
    hold("user/elsewhere");

    Outcome outcome = harness.importFrom(manifest, "--streaming");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err().strip())
        .contains(
            "run other",
            HolderProcess.current().name(),
            "a batch,",
            "a stream and a batch can't share a table at once",
            "name another --statusTable")
        .hasLineCount(1);
    assertThat(harness.stats().byRoute()).doesNotContainKey("POST /api/s3/upload");
    assertThat(harness.query("SELECT COUNT(*) FROM import_videos")).containsExactly("0");
    assertThat(harness.query("SELECT COUNT(*) FROM import_runs")).containsExactly("0");
    assertThat(harness.query("SELECT run_id, kind FROM import_leases"))
        .containsExactly("other|BATCH");
  }

  @Test
  void anotherDestinationIsFree() throws SQLException {
    hold("user/");

    assertThat(harness.importFrom(manifest, "--folder=f").exitCode()).isEqualTo(ExitCode.OK);
    assertThat(harness.query("SELECT destination FROM import_leases")).containsExactly("user/");
  }

  @Test
  void anExpiredLeaseIsFree() throws SQLException {
    hold("user/");
    expireAt("2001-01-01T00:00:00.000Z");

    assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(harness.query("SELECT COUNT(*) FROM import_leases")).containsExactly("0");
  }

  @Test
  void aRunThatWasKilledIsFailedOnceAnotherTakesItsPlace() throws SQLException {
    Instant lastAlive = Instant.parse("2001-11-25T03:00:00Z");
    recordRunning("other", lastAlive.minusSeconds(60));
    recordRunning("elsewhere", lastAlive);
    hold("user/");
    expireAt("2001-11-25T03:02:00.000Z");

    assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);

    assertThat(
            harness.query(
                "SELECT run_id || '|' || state || '|' || COALESCE(finished_at, '')"
                    + " FROM import_runs WHERE run_id IN ('other', 'elsewhere') ORDER BY run_id"))
        .containsExactly("elsewhere|RUNNING|", "other|FAILED|2001-11-25T03:00:00.000Z");
  }

  /** It has no lease that another could take. */
  @Test
  void aRunThatWasKilledWhileItReadItsManifestIsFailedOnceAnotherHasPlanned() throws SQLException {
    RunStatus other =
        RunStatus.started("other", "m.txt", "{}", Instant.parse("2001-11-25T02:00:00Z")).toBuilder()
            .setProcess(HolderProcess.current().machine() + "|999999999|1")
            .setAliveAt(Instant.parse("2001-11-25T03:00:00Z").toEpochMilli())
            .build();
    StatusStore.at(harness.statusTable()).recordRun(other);

    assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);

    assertThat(harness.query("SELECT state, finished_at FROM import_runs WHERE run_id = 'other'"))
        .containsExactly("FAILED|2001-11-25T03:00:00.000Z");
  }

  @Test
  void aRunThatIsAliveStaysAsItIs() throws SQLException {
    recordRunning("other", Instant.now());
    hold("user/");

    harness.importFrom(manifest);

    assertThat(harness.query("SELECT state FROM import_runs WHERE run_id = 'other'"))
        .containsExactly("RUNNING");
  }

  /** The launcher may be killed, and the job goes on. */
  @Test
  void theLifeOfALauncherSaysNothingOfAJobThatWorkersCarryOut() throws SQLException {
    ImportOptions elsewhere = harness.options("--manifest=" + manifest);
    elsewhere.setRunner(Workers.class);
    Pipeline pipeline = Pipeline.create(elsewhere);
    pipeline
        .apply(Create.of(entry()))
        .apply(
            ReadLedger.leased(
                ImportSettings.of(elsewhere, "other"),
                RemoteWorkers.holder(elsewhere),
                Clock.systemUTC()));
    pipeline.run().waitUntilFinish();

    assertThat(harness.query("SELECT run_id, process FROM import_leases"))
        .containsExactly("other|");
    assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  /** As if in other processes. */
  public static final class Workers extends PipelineRunner<PipelineResult> {
    /** As Beam makes runners. */
    public static Workers fromOptions(PipelineOptions options) {
      return new Workers();
    }

    @Override
    public PipelineResult run(Pipeline pipeline) {
      return DirectRunner.fromOptions(PipelineOptionsFactory.create()).run(pipeline);
    }
  }

  private static ManifestEntry entry() {
    return ManifestEntry.builder()
        .setManifest("m")
        .setLine(1)
        .setSourceUri("s3://drive-data/a.mp4")
        .setScope("user")
        .build();
  }

  /** Nor the lines that it has rejected before it saw the other. */
  @Test
  void aRunThatIsKeptOutWritesNothing() throws Exception {
    harness.importFrom(manifest);
    List<String> before = everything();
    hold("user/");
    String[] lines = new String[2_000];
    Arrays.fill(lines, "s3://drive-data/notes.txt");
    lines[1_999] = "s3://drive-data/a.mp4";

    Outcome second = harness.importFrom(harness.write("bad.txt", lines));

    assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(everything()).isEqualTo(before);
  }

  private List<String> everything() throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String table :
        List.of("videos", "jobs", "runs", "counts", "requests", "events", "lanes", "intents")) {
      rows.addAll(harness.query("SELECT * FROM import_" + table));
    }
    return rows;
  }

  /** Else the next run would send again what the API may be at work on. */
  @Test
  @DisabledIfSystemProperty(
      named = "nomadic.flink",
      matches = "true",
      disabledReason = "the launcher's own thread drives the lane on the direct runner only")
  void aLaneThatBreaksKeepsItsDestinationWhileARequestMayBeOnTheWire() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    HostileApi.Behaviour hang = (request, out) -> Uninterruptibles.awaitUninterruptibly(end);
    try (HostileApi api =
        new HostileApi(harness.url(), request -> request.path().endsWith("/upload"), hang)) {
      harness.onProgress(
          () -> {
            if (api.requests().stream().anyMatch(sent -> sent.path().endsWith("/upload"))) {
              throw new IllegalStateException("broken");
            }
          });

      Outcome broken = harness.importFrom(manifest, "--apiUrl=" + api.url());
      harness.onProgress(() -> {});
      Outcome next = harness.importFrom(manifest, "--apiUrl=" + api.url());

      assertThat(broken.exitCode()).as(broken.err()).isEqualTo(ExitCode.BROKEN);
      assertThat(next.exitCode()).as(next.err()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(next.err()).contains("user/");
    } finally {
      end.countDown();
    }
  }

  private void recordRunning(String runId, Instant at) {
    StatusStore.at(harness.statusTable()).recordRun(RunStatus.started(runId, "m.txt", "{}", at));
  }

  private void hold(String destination) {
    StatusStore.at(harness.statusTable())
        .leases()
        .acquire(
            new LeaseClaim(destination, "other", HolderProcess.current(), Lease.Kind.BATCH),
            AcquireLease.EXPIRY);
  }

  private void expireAt(String time) throws SQLException {
    try (Connection connection = DriverManager.getConnection(harness.statusTable());
        PreparedStatement statement =
            connection.prepareStatement("UPDATE import_leases SET expires_at = ?")) {
      statement.setString(1, time);
      statement.execute();
    }
  }
}
