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
  /** What {@code HostileMessagesTest} has of each kind, as far as SQS takes it. */
  private static final List<String> HOSTILE =
      List.of(
          "[".repeat(200_000),
          "{\"a\":".repeat(900) + "1" + "}".repeat(900),
          "{\"uri\": " + "9".repeat(2_000) + "}",
          "{\"uri\": 1e999999999}",
          "{\"uri\": \"s3://b/1.mp4\", \"uri\": \"s3://b/2.mp4\"}",
          "{\"uri\": \"s3://b/\\ud800.mp4\"}",
          "{\"uri\": \"s3://b/\\u0000.mp4\"}",
          "{\"uri\": {\"uri\": []}}",
          "{",
          "null",
          "s3://b/" + "k".repeat(200_000) + ".mp4",
          "s3://b/[*?.mp4",
          "two\nlines",
          "{\"Records\": []}",
          "{\"Records\": [7]}",
          "{\"Type\": \"Notification\", \"TopicArn\": \"arn:aws:sns:us-west-2:1:t\","
              + " \"Message\": \"{\\\"Records\\\": [{}]}\"}");

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

  @Test
  void aHostileMessageIsRejectedAndTheStreamGoesOn() throws Exception {
    EmulatorOptions emulator = ImportHarness.fast();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, emulator);
        VideoQueue queue = VideoQueue.start(Duration.ofSeconds(30))) {
      HOSTILE.forEach(queue::send);
      queue.created("%zz.mp4");

      Future<Outcome> stream = pool.submit(() -> harness.importWith(options(queue)));
      harness.await(stream, "REJECTED|" + (HOSTILE.size() + 1));
      queue.created("good.mp4");
      harness.await(stream, "REJECTED|" + (HOSTILE.size() + 1), "UPLOADED|1");

      assertThat(harness.query("SELECT error_message FROM import_videos WHERE state = 'REJECTED'"))
          .allSatisfy(reason -> assertThat(reason).isNotBlank().hasSizeLessThan(500));
      emulator.apiKey = "another";
      queue.created("last.mp4");
      assertThat(stream.get(2, TimeUnit.MINUTES).exitCode()).isEqualTo(ExitCode.BAD_INPUT);
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
