package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.StatusStore;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import javax.annotation.Nullable;

/**
 * The summary of a run for scripts: what {@code status --json} says of it, in a file or on standard
 * output.
 */
record SummaryJson(@Nullable String target) {
  private static final String STANDARD_OUTPUT = "-";

  /** Of each target. */
  private static final int REASONS = 20;

  /**
   * @throws IllegalArgumentException when the file can't be written
   */
  static SummaryJson of(@Nullable String option) {
    SummaryJson summary = new SummaryJson(OptionValues.blankToNull(option));
    if (summary.isFile()) {
      Path folder = summary.file().toAbsolutePath().getParent();
      if (folder == null || !Files.isWritable(folder) || Files.isDirectory(summary.file())) {
        throw new IllegalArgumentException(
            "--summaryJson=" + option + " can't be written: name a file in a folder that is there");
      }
    }
    return summary;
  }

  private boolean isFile() {
    return target != null && !isOnStandardOutput();
  }

  private Path file() {
    try {
      return Path.of(target);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("--summaryJson=" + target + " is no file's name", e);
    }
  }

  /** Whether what is for people has to go elsewhere. */
  boolean isOnStandardOutput() {
    return STANDARD_OUTPUT.equals(target);
  }

  /** Writes it, if it is wanted and the tables know the run. */
  void write(StatusStore store, String runId, Instant now, PrintStream out) {
    if (target == null) {
      return;
    }
    RunNumbers numbers = store.numbers().orElseThrow();
    RunProgress.of(store, runId, now)
        .map(run -> StatusJson.of(run, numbers.reasons(runId, REASONS), store.describe()))
        .map(StatusJson::line)
        .ifPresent(line -> write(line, out));
  }

  private void write(String line, PrintStream out) {
    if (isOnStandardOutput()) {
      out.println(line);
      return;
    }
    try {
      Files.writeString(file(), line + "\n", UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("--summaryJson=" + target + " can't be written", e);
    }
  }
}
