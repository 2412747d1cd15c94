package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream of S3 events from a queue, from the command line to the table. */
class QueueTest {
  @TempDir private Path directory;

  @Test
  void newObjectsAreImportedOnceHoweverOftenTheirEventsCome() throws Exception {
    EmulatorOptions emulator = ImportHarness.fast();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, emulator);
        VideoQueue queue = VideoQueue.start(Duration.ofSeconds(30))) {
      queue.created("a+b%2B1.mp4");
      queue.created("a+b%2B1.mp4");
      queue.removed("old.mp4");
      queue.send("hello");

      Future<Outcome> stream = pool.submit(() -> harness.importWith(options(queue)));
      harness.await(stream, "REJECTED|1", "UPLOADED|1");
      emulator.apiKey = "another";
      queue.created("last.mp4");
      Outcome outcome = stream.get(2, TimeUnit.MINUTES);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      if (!ImportHarness.isOnFlink()) {
        // Flink tells no counters of a job that is cancelled.
        assertThat(outcome.out()).contains("1 delete event", "1 duplicate", "the sum holds");
      }
      assertThat(harness.timesAccepted())
          .containsExactly(Map.entry("user/ s3://drive-data/a b+1.mp4", 1));
      assertThat(harness.query("SELECT source_uri FROM import_videos WHERE state = 'PENDING'"))
          .containsExactly("s3://drive-data/last.mp4");
    } finally {
      pool.shutdownNow();
    }
  }

  private static String[] options(VideoQueue queue) {
    List<String> options = new ArrayList<>(queue.options());
    options.add("--maxBatchDelay=PT1S");
    if (ImportHarness.isOnFlink()) {
      // What elsewhere befalls a few bundles befalls all here: that a checkpoint ends them.
      options.add("--maxBundleTimeMills=3600000");
      options.add("--checkpointingInterval=1000");
    }
    return options.toArray(String[]::new);
  }
}
