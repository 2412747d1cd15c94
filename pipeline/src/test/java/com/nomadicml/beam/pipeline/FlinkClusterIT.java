package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports on a Flink cluster of real processes, one of which is killed. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FlinkClusterIT {
  @TempDir private Path directory;

  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final EmulatorOptions emulator = ImportHarness.fast();
  private FlinkCluster cluster;
  private EmbeddedPostgres postgres;
  private ImportHarness harness;

  @BeforeEach
  void start() throws Exception {
    cluster = FlinkCluster.start(Path.of("target", "flink-cluster-it"));
    postgres = EmbeddedPostgres.start();
    harness =
        ImportHarness.start(directory, emulator)
            .withStatusTable(postgres.getJdbcUrl("postgres", "postgres"));
  }

  @AfterEach
  void stop() throws Exception {
    pool.shutdownNow();
    if (cluster != null) {
      cluster.close();
    }
    if (harness != null) {
      harness.close();
      postgres.close();
    }
  }

  @Test
  void aBatchGoesOnWhenATaskManagerIsKilled() throws Exception {
    int items = 3_000;
    emulator.processWithin = Duration.ofSeconds(15);
    Path manifest =
        harness.write(
            "fleet.txt",
            IntStream.range(0, items)
                .mapToObj(i -> "s3://drive-data/" + i + ".mp4")
                .toArray(String[]::new));

    String[] options = options(List.of(), "--batchSize=5", "--canary=false");
    Future<Outcome> run = pool.submit(() -> harness.importFrom(manifest, options));
    awaitAccepted(run, items / 3);
    String job = cluster.runningJob();
    killWhoDrivesTheLane();
    Outcome outcome = run.get(5, TimeUnit.MINUTES);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(cluster.wasRestarted(job)).isTrue();
    assertThat(harness.states()).containsExactly("UPLOADED|" + items);
    assertThat(harness.timesAccepted().values()).hasSize(items).containsOnly(1);
  }

  @Test
  void aStreamGoesOnFromItsCheckpointAndFromASavepoint() throws Exception {
    try (VideoQueue queue = VideoQueue.start(Duration.ofSeconds(10))) {
      Future<Outcome> stream = stream(queue);
      send(queue, 0, 100);
      awaitAccepted(stream, 50);
      String job = cluster.runningJob();
      cluster.awaitCheckpoint(job);
      cluster.killTaskManager(1);
      send(queue, 100, 200);
      harness.await(stream, "UPLOADED|200");
      assertThat(cluster.restores(job)).isPositive();

      // What was sent and is not done goes on in the next job.
      emulator.processWithin = Duration.ofSeconds(30);
      send(queue, 200, 300);
      awaitAccepted(stream, 300);
      String savepoint = cluster.stopWithSavepoint(job);
      stream.get(1, TimeUnit.MINUTES);
      emulator.processWithin = Duration.ZERO;
      stream = stream(queue, "--savepointPath=" + savepoint);
      send(queue, 300, 400);
      harness.await(stream, "UPLOADED|400");

      assertThat(cluster.restores(cluster.runningJob())).isEqualTo(1);
      assertThat(harness.timesAccepted().values()).hasSize(400).containsOnly(1);
    }
  }

  /** One of the two task managers; its process id is the last but one part of its identity. */
  private void killWhoDrivesTheLane() throws SQLException {
    String process = harness.query("SELECT process FROM import_lanes").get(0);
    List<String> parts = Splitter.on('|').splitToList(process);
    ProcessHandle.of(Long.parseLong(parts.get(parts.size() - 2))).orElseThrow().destroyForcibly();
  }

  private Future<Outcome> stream(VideoQueue queue, String... more) {
    List<String> options = new ArrayList<>(queue.options());
    options.addAll(
        List.of("--maxBatchDelay=PT1S", "--batchSize=10", "--checkpointingInterval=1000"));
    return pool.submit(() -> harness.importWith(options(options, more)));
  }

  private String[] options(List<String> options, String... more) {
    List<String> all = new ArrayList<>(cluster.options());
    // With a limit, a worker that takes a lane over is silent for a minute.
    all.add("--requestsPerDay=0");
    all.addAll(options);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static void send(VideoQueue queue, int from, int until) {
    IntStream.range(from, until).forEach(i -> queue.created(i + ".mp4"));
  }

  private void awaitAccepted(Future<Outcome> run, int items) throws Exception {
    while (harness.timesAccepted().size() < items) {
      if (run.isDone()) {
        throw new AssertionError("ended before " + items + " were accepted: " + run.get());
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
