package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run shows while it is under way. */
class ProgressTest {
  private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

  private final Map<String, Long> counters = new HashMap<>();
  @TempDir private Path directory;

  @Test
  void readsLinesUntilThePlanIsWhole() {
    counters.put(ManifestMetrics.LINES_READ, 3_000L);
    counters.put(ImportMetrics.PLANNED, 1_000L);

    Progress progress = after(Duration.ofSeconds(10));

    assertThat(progress.isPlanned()).isFalse();
    assertThat(progress.describe()).isEqualTo("planning: 3,000 lines read");
  }

  @Test
  void saysHowManyItemsAreDoneAndHow() {
    planned(10_000);
    counters.put(ImportMetrics.SUBMITTED, 6_000L);
    ended(VideoState.UPLOADED, 1_960);
    ended(VideoState.UPLOADING_FAILED, 40);

    assertThat(after(Duration.ofMinutes(2)).describe())
        .startsWith("2,000 of 10,000 items done; 1,960 uploaded, 40 failed, 6,000 sent; ")
        .contains("; 17 of today's 10,000 requests; ")
        .contains("; 1,000 items/min; ")
        .endsWith("; about 8 min 0 s left");
  }

  @Test
  void countsNoLineTwiceInItsTotal() {
    planned(900);
    counters.put(ManifestMetrics.LINES_READ, 1_000L);
    counters.put(ManifestMetrics.BLANK_LINES, 10L);
    counters.put(ManifestMetrics.REJECTED_LINES, 20L);
    counters.put(ImportMetrics.DUPLICATE, 30L);
    counters.put(ImportMetrics.ALREADY_DONE, 40L);

    assertThat(after(Duration.ofSeconds(1)).isPlanned()).isTrue();
    assertThat(after(Duration.ofSeconds(1)).items()).isEqualTo(900);
  }

  @Test
  void theQuotaDecidesWhenItIsSlowerThanTheBackend() {
    planned(1_000_000);
    ended(VideoState.UPLOADED, 500_000);
    counters.put(ImportMetrics.SUBMITTED, 500_000L);

    // 500 POSTs and 1,000 pages at 60 a minute; the backend would need a minute.
    Duration left = after(Duration.ofMinutes(1)).timeLeft();

    assertThat(left).isBetween(Duration.ofMinutes(24), Duration.ofMinutes(26));
  }

  @Test
  void aLogGetsALineEveryThirtySeconds() {
    planned(10);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ProgressDisplay display =
        new PlainProgress(new PrintStream(out, true, UTF_8), ProgressDisplay.INTERVAL)) {
      for (int seconds = 0; seconds <= 65; seconds++) {
        display.show(after(Duration.ofSeconds(seconds)));
      }
    }

    assertThat(out.toString(UTF_8).lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("0 of 10 items done; "));
  }

  @Test
  void aTerminalGetsALiveLine() {
    planned(10);
    ended(VideoState.UPLOADED, 7);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ProgressDisplay display = new LiveProgress(new PrintStream(out, true, UTF_8))) {
      display.show(after(Duration.ofSeconds(1)));
    }

    assertThat(out.toString(UTF_8)).contains("7/10", "7 uploaded");
  }

  @Test
  void theTotalIsKnownBeforeAnythingIsSentAndNeverDrifts() {
    EmulatorOptions options = ImportHarness.fast();
    options.appearWithin = Duration.ofSeconds(3);
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      String[] uris =
          IntStream.range(0, 300)
              .mapToObj(i -> "s3://drive-data/" + i % 290 + ".mp4")
              .toArray(String[]::new);

      harness.importFrom(harness.write("m.txt", uris), "--batchSize=20");

      assertThat(harness.progress()).filteredOn(Progress::isPlanned).isNotEmpty();
      assertThat(harness.progress())
          .filteredOn(Progress::isPlanned)
          .extracting(Progress::items)
          .containsOnly(290L);
      assertThat(harness.progress())
          .filteredOn(seen -> seen.sent() > 0)
          .allMatch(Progress::isPlanned);
    }
  }

  private void planned(long items) {
    counters.put(ManifestMetrics.LINES_READ, items);
    counters.put(ImportMetrics.PLANNED, items);
  }

  private void ended(VideoState state, long items) {
    counters.put(ImportMetrics.ended(state), items);
  }

  private Progress after(Duration time) {
    ImportOptions options =
        PipelineOptionsFactory.fromArgs("--manifest=m.txt").as(ImportOptions.class);
    return Progress.of(
        new Counters(counters), ImportSettings.of(options, "run"), 17, START, START.plus(time));
  }
}
