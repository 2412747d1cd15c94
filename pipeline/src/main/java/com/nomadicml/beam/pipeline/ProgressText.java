package com.nomadicml.beam.pipeline;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import javax.annotation.Nullable;

/**
 * How far a run is, in one line: what matters most first, so that a narrow terminal lacks the rest.
 *
 * @param percent of all lines accounted for
 */
record ProgressText(RunProgress progress, double percent) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Duration A_DAY = Duration.ofDays(1);
  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final int LONGEST_BAR = 40;
  private static final int SHORTEST_BAR = 10;
  private static final String GAP = "; ";

  /** A line for a log: all there is. */
  String plain() {
    return stage() + ": " + String.join(GAP, parts(false));
  }

  /** A line of so many columns at most, with a bar where there is room for one. */
  String fitting(int columns) {
    for (boolean isShort : new boolean[] {false, true}) {
      String line = (isShort ? "" : stage() + separator()) + String.join(GAP, parts(isShort));
      if (line.length() <= columns) {
        return withBar(line, columns);
      }
    }
    List<String> parts = parts(true);
    while (parts.size() > 1) {
      parts.remove(parts.size() - 1);
      String line = String.join(GAP, parts);
      if (line.length() <= columns) {
        return line;
      }
    }
    return parts.get(0).substring(0, Math.min(columns, parts.get(0).length()));
  }

  /** The last line, which stays. */
  String ended(int columns) {
    String line =
        progress.stage() == RunProgress.Stage.PLANNING
            ? lines()
            : Stream.of(done(false), rejected()).filter(Objects::nonNull).collect(joining(GAP));
    return line.substring(0, Math.min(columns, line.length()));
  }

  private String stage() {
    return switch (progress.stage()) {
      case PLANNING -> "planning";
      // Who asks is the run itself, whose sign of life may be late.
      case IMPORTING, KILLED -> "importing";
      case ENDED -> "ended";
    };
  }

  /** Behind the stage: without a bar what follows is no part of it. */
  private String separator() {
    return progress.stage() == RunProgress.Stage.PLANNING ? ", " : " ";
  }

  private String withBar(String line, int columns) {
    int bar = Math.min(LONGEST_BAR, columns - line.length() - 3);
    if (bar < SHORTEST_BAR || !hasPercent()) {
      return line;
    }
    int done = (int) (percent * bar / 100);
    String drawn = "[" + "#".repeat(done) + "-".repeat(bar - done) + "]";
    String stage = stage() + " ";
    return line.startsWith(stage)
        ? stage + drawn + " " + line.substring(stage.length())
        : drawn + " " + line;
  }

  /** A stream has no end that it could be a part of. */
  private boolean hasPercent() {
    return progress.stage() != RunProgress.Stage.PLANNING && !isStream();
  }

  private boolean isStream() {
    return RunLife.isStream(progress.tables());
  }

  /** By what matters most. */
  private List<String> parts(boolean isShort) {
    Stream<String> parts =
        progress.stage() == RunProgress.Stage.PLANNING
            ? Stream.of(lines(), quota(isShort))
            : Stream.of(
                done(isShort),
                rejected(),
                waiting(),
                end(isShort),
                pace(isShort),
                quota(isShort),
                backend(isShort));
    return new ArrayList<>(parts.filter(Objects::nonNull).toList());
  }

  private String lines() {
    return String.format(Locale.ROOT, "%,d lines read so far", progress.lines().read());
  }

  private String done(boolean isShort) {
    RunLines lines = progress.lines();
    long failed =
        Stream.of("failed", "missing", "refused", "unknown", "stopped").mapToLong(lines::get).sum();
    String counts =
        String.format(Locale.ROOT, "%,d uploaded, %,d failed", lines.get("uploaded"), failed);
    if (!hasPercent()) {
      return counts;
    }
    return isShort
        ? String.format(Locale.ROOT, "%.1f %%, %s", percent, counts)
        : String.format(Locale.ROOT, "%.1f %% of %,d lines, %s", percent, lines.total(), counts);
  }

  @Nullable
  private String rejected() {
    long rejected = progress.lines().get("rejected");
    return rejected == 0 ? null : String.format(Locale.ROOT, "%,d rejected", rejected);
  }

  @Nullable
  private String waiting() {
    return progress
        .waiting()
        .map(
            waiting ->
                switch (waiting.cause()) {
                  case RESUME -> "paused since " + clock(waiting.since());
                  case QUOTA -> "waiting for the quota until " + clock(waiting.until());
                  case API -> "the API is away since " + clock(waiting.since());
                  case BACKEND -> null;
                })
        .orElse(null);
  }

  @Nullable
  private String backend(boolean isShort) {
    return progress
        .waiting()
        .filter(waiting -> waiting.cause() == RunProgress.Cause.BACKEND)
        .map(
            waiting ->
                String.format(
                    Locale.ROOT,
                    isShort ? "%,d %s in work" : "the backend works on %,d %s",
                    waiting.jobs(),
                    waiting.jobs() == 1 ? "job" : "jobs"))
        .orElse(null);
  }

  @Nullable
  private String end(boolean isShort) {
    Instant end = progress.endsAt();
    if (end == null) {
      return null;
    }
    Duration left = Duration.between(progress.at(), end);
    String text = left.compareTo(A_MINUTE) < 0 ? "less than a minute" : DryRunReport.text(left);
    return isShort
        ? text + " left (" + clock(end) + ")"
        : "about " + text + " left, until " + clock(end);
  }

  @Nullable
  private String pace(boolean isShort) {
    if (progress.stage() != RunProgress.Stage.IMPORTING) {
      return null;
    }
    return progress.pacePerHour() == null
        ? "no pace yet"
        : String.format(Locale.ROOT, isShort ? "%,.0f/h" : "%,.0f lines/h", progress.pacePerHour());
  }

  @Nullable
  private String quota(boolean isShort) {
    if (progress.leftToday().isEmpty()) {
      return null;
    }
    String form = isShort ? "%,d requests left" : "%,d requests left today";
    return String.format(Locale.ROOT, form, progress.leftToday().getAsLong());
  }

  private String clock(Instant time) {
    boolean isFar = Duration.between(progress.at(), time).abs().compareTo(A_DAY) >= 0;
    return (isFar ? DAY : TIME).format(time);
  }
}
