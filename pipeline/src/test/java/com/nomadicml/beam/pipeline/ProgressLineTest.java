package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunFailures;
import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.TargetReason;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line that shows how far a run is, over a clock and a terminal of the test's own. */
class ProgressLineTest {
  private static final Duration TICK = Duration.ofMillis(250);

  private final Snapshots tables = new Snapshots();
  private final SetClock clock = new SetClock();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final TerminalLine terminal = new TerminalLine(shown);
  private int looks;
  private boolean isAway;
  @TempDir private Path directory;

  ProgressLineTest() {
    tables.counts.put(ManifestMetrics.LINES_READ, 100_000L);
  }

  private static final class SetClock extends Clock {
    private Instant now = Snapshots.NOW;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  /** Tables that say what {@link #tables} is. */
  private final class Numbers implements RunNumbers {
    @Override
    public Duration interval() {
      return Duration.ofSeconds(2);
    }

    @Override
    public List<RunStatus> runs(int most) {
      return List.of(tables.run);
    }

    @Override
    public Optional<RunStatus> current() {
      return Optional.of(tables.run);
    }

    @Override
    public Optional<RunSnapshot> of(String runId, Question question) {
      looks++;
      if (isAway) {
        throw new IllegalStateException("the database is away");
      }
      tables.run = tables.run.toBuilder().setAliveAt(clock.millis()).build();
      return Optional.of(tables.progress().tables());
    }

    @Override
    public RunFailures failures(String runId, int most) {
      return new RunFailures(List.of(), 0);
    }

    @Override
    public List<TargetReason> reasons(String runId, int most) {
      return List.of();
    }
  }

  private ProgressDisplay bar(int columns) {
    return display(new LiveLine(terminal, new TerminalWidth(() -> columns)));
  }

  private ProgressDisplay display(ProgressLine.Screen screen) {
    return new ProgressLine(new RunLook(new Numbers(), "r-1", clock), screen, clock);
  }

  private void go(ProgressDisplay display, Duration time) {
    for (Instant end = clock.now.plus(time); clock.now.isBefore(end); clock.now = next()) {
      display.tick();
    }
  }

  private Instant next() {
    return clock.now.plus(TICK);
  }

  /** What was drawn, one after the other, as it is seen. */
  private List<String> lines() {
    return shown
        .toString(UTF_8)
        .lines()
        .flatMap(line -> List.of(line.split("\r")).stream())
        .map(line -> line.replace("\b", "").stripTrailing())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private void uploaded(long batches) {
    tables.batches.clear();
    tables.batches(
        JobState.COMPLETED, 2, false, batches, 1_000 * batches, 999 * batches, batches, 0);
    tables.batches(JobState.SUBMITTED, 1, false, 100 - batches, 1_000 * (100 - batches), 0, 0, 0);
  }

  @Test
  void isDrawnEverySecondFromNumbersThatAreReadEveryOther() {
    uploaded(10);
    try (ProgressDisplay display = bar(200)) {
      go(display, Duration.ofSeconds(10));

      assertThat(lines()).hasSize(10).allMatch(line -> line.startsWith("importing ["));
      assertThat(looks).isEqualTo(5);
    }
  }

  @Test
  void saysWhatAPersonAsks() {
    uploaded(40);
    tables.finished = 20_000;
    try (ProgressDisplay display = bar(200)) {
      display.tick();
    }

    assertThat(lines().get(0))
        .contains("40.0 % of 100,000 lines, 39,960 uploaded, 40 failed")
        .contains("; about 45 min 0 s left, until 13:25 UTC")
        .contains("; 80,000 lines/h")
        .endsWith("; 9,880 requests left today; the backend works on 60 jobs");
  }

  @Test
  void theLastLineIsCleanAndStays() {
    uploaded(100);
    ProgressDisplay display = bar(80);
    display.tick();
    display.close();
    terminal.println("Run r-1");

    assertThat(shown.toString(UTF_8))
        .endsWith(" \r100.0 % of 100,000 lines, 99,900 uploaded, 100 failed\nRun r-1\n");
  }

  /** Items that will be tried again do not count as done. */
  @Test
  void thePercentNeverFalls() {
    ProgressDisplay display = bar(200);
    for (long batches : List.of(10, 40, 39, 0, 41)) {
      uploaded(batches);
      go(display, Duration.ofSeconds(2));
    }

    List<Double> percents =
        lines().stream()
            .map(line -> line.replaceFirst(".*] ", "").replaceFirst(" %.*", ""))
            .map(Double::valueOf)
            .toList();
    assertThat(percents).isSorted().startsWith(10.0).endsWith(41.0);
  }

  @Test
  void rejectedLinesAreNoFailures() {
    tables.counts.put(ManifestMetrics.REJECTED_LINES, 7L);
    uploaded(10);
    ProgressDisplay display = bar(200);
    display.tick();
    display.close();

    assertThat(lines().get(0)).contains("9,990 uploaded, 10 failed; 7 rejected; ");
    assertThat(lines().get(1)).endsWith("9,990 uploaded, 10 failed; 7 rejected");
  }

  @Test
  void untilThereIsAPaceItSaysSo() {
    uploaded(1);
    try (ProgressDisplay display = bar(200)) {
      display.tick();
    }

    assertThat(lines().get(0)).contains("; no pace yet; ").doesNotContain(" left, until");
  }

  @Test
  void theEndIsNeverInNoTime() {
    tables.batches(JobState.COMPLETED, 2, false, 99, 99_000, 99_000, 0, 0);
    tables.batches(JobState.SUBMITTED, 2, false, 1, 1_000, 0, 0, 0);
    tables.shown(VideoState.UPLOADED, 2, 999);
    tables.finished = 99_000;
    try (ProgressDisplay display = bar(200)) {
      display.tick();
    }

    assertThat(lines().get(0))
        .contains("; about less than a minute left, until ")
        .doesNotContain("0 s left");
  }

  @Test
  void whileTheManifestIsReadItTellsTheLines() {
    tables.lane = Optional.empty();
    tables.run = tables.run.toBuilder().setLinesRead(12_345).build();
    try (ProgressDisplay display = bar(80)) {
      display.tick();
    }

    assertThat(lines().get(0))
        .isEqualTo("planning, 12,345 lines read so far; 9,880 requests left today");
  }

  @Test
  void whatItWaitsForIsToldWithItsTime() {
    uploaded(10);
    tables.spent = 10_000;
    ProgressDisplay display = bar(200);
    display.tick();
    tables.events.add(
        new RunSnapshot.Event(Instant.parse("2026-11-25T12:02:00Z"), "API_AWAY", "no answer"));
    go(display, Duration.ofSeconds(3));

    assertThat(lines().get(0)).contains("; waiting for the quota until 00:00 UTC; ");
    assertThat(lines().get(2)).contains("; the API is away since 12:02 UTC; ");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 120, 200})
  void fitsTheTerminal(int columns) {
    ProgressDisplay display = bar(columns);
    for (long batches : List.of(0, 1, 50, 99)) {
      uploaded(batches);
      tables.finished = batches * 1_000;
      go(display, Duration.ofSeconds(2));
    }
    tables.spent = 10_000;
    go(display, Duration.ofSeconds(2));
    tables.counts.put(ManifestMetrics.LINES_READ, 10_000_000_000L);
    go(display, Duration.ofSeconds(2));
    display.close();

    assertThat(lines()).hasSizeGreaterThan(10).allMatch(line -> line.length() < columns);
    assertThat(shown.toString(UTF_8)).doesNotContain("\u001b");
    if (columns >= 80) {
      assertThat(lines())
          .allMatch(line -> line.contains(" %"))
          .anyMatch(line -> line.contains("50.0 %") && line.contains(" left"))
          .anyMatch(line -> line.contains("200,000"));
    }
    assertThat(lines().stream().anyMatch(line -> line.contains("[##"))).isEqualTo(columns == 200);
  }

  @Test
  void aTerminalThatDoesNotTellItsWidthHasEightyColumns() {
    assertThat(new TerminalWidth(() -> 0).columns()).isEqualTo(80);
    assertThat(new TerminalWidth(() -> -1).isTerminal()).isFalse();
  }

  @Test
  void aLogGetsALineAMinute() {
    uploaded(10);
    try (ProgressDisplay display = display(new PlainLines(terminal))) {
      go(display, Duration.ofSeconds(190));
    }

    assertThat(shown.toString(UTF_8).lines().toList())
        .hasSize(3)
        .allMatch(line -> line.startsWith("importing: 10.0 % of 100,000 lines, 9,990 uploaded"));
  }

  @Test
  void aWarningTakesTheLinesPlace() throws Exception {
    terminal.draw("importing 10 %");
    terminal.write("WARNING a\n".getBytes(UTF_8));
    terminal.draw("importing 11 %");
    terminal.draw("short");

    assertThat(shown.toString(UTF_8))
        .isEqualTo(
            "\rimporting 10 %\r              \rWARNING a\n\rimporting 11 %\rshort         "
                + "\b".repeat(9));
  }

  @Test
  void aDatabaseThatIsAwayBreaksNoRun() {
    uploaded(10);
    ProgressDisplay display = bar(200);
    display.tick();
    isAway = true;
    go(display, Duration.ofSeconds(5));

    assertThat(lines()).hasSize(5).allMatch(line -> line.contains("10.0 %"));
  }

  @Test
  void theTotalIsKnownBeforeAnythingIsSentAndNeverDrifts() {
    EmulatorOptions options = ImportHarness.fast();
    options.appearWithin = Duration.ofSeconds(3);
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      List<RunProgress> seen = harness.watchProgress();
      String[] uris =
          IntStream.range(0, 300)
              .mapToObj(i -> "s3://drive-data/" + i % 290 + ".mp4")
              .toArray(String[]::new);

      harness.importFrom(harness.write("m.txt", uris), "--batchSize=20");

      assertThat(seen)
          .filteredOn(progress -> progress.stage() == RunProgress.Stage.IMPORTING)
          .isNotEmpty()
          .allMatch(progress -> progress.lines().total() == 300);
      assertThat(seen).extracting(RunProgress::percent).isSorted();
    }
  }

  @Test
  void noSuchWayToShowItIsRefused() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      assertThat(harness.importFrom(harness.write("m.txt", "s3://a/1.mp4"), "--progress=loud"))
          .matches(outcome -> outcome.exitCode() == ExitCode.BAD_INPUT)
          .extracting(ImportHarness.Outcome::err)
          .isEqualTo("nomadic-import: --progress must be auto, bar, plain or none, not 'loud'\n");
    }
  }
}
