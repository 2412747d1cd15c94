package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.EmulatorOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Something that goes wrong with the API.
 *
 * @param name on the command line and in the table
 */
record FaultCase(String name, Consumer<EmulatorOptions> fault) {
  /** Far below the time that a run awaits a job for. */
  private static final Duration LATE = Duration.ofSeconds(2);

  private static final List<FaultCase> ALONE =
      List.of(
          new FaultCase("429", options -> options.tooManyRequests = 10),
          new FaultCase("5xx-before", options -> options.errorBefore = 10),
          new FaultCase("5xx-after", options -> options.errorAfter = 5),
          new FaultCase("lost-answers", options -> options.lostAnswers = 5),
          new FaultCase("html-bodies", options -> options.htmlErrors = 5),
          new FaultCase("truncated-json", options -> options.truncated = 5),
          new FaultCase("slow-rows", options -> options.slowRows = 5),
          new FaultCase("never-shown", options -> options.missingRows = 1),
          new FaultCase("failed-videos", options -> options.failedRows = 2),
          new FaultCase("duplicate-rows", options -> options.duplicateRows = 2),
          new FaultCase("looping-cursors", options -> options.loopingCursors = 5),
          new FaultCase("total-0-first", options -> options.zeroTotalFor = LATE),
          new FaultCase("reencoded-uris", options -> options.reencodedUris = 20),
          new FaultCase("unknown-statuses", options -> options.unknownStatuses = 5),
          new FaultCase("stranger-rows", options -> options.strangerRows = 20));

  /** The faults that pass through every request and row: none, each alone, and all together. */
  static List<FaultCase> all() {
    List<FaultCase> cases = new ArrayList<>();
    cases.add(new FaultCase("none", options -> {}));
    cases.addAll(ALONE);
    cases.add(together());
    return cases;
  }

  static FaultCase together() {
    return new FaultCase(
        "all-together", options -> ALONE.forEach(one -> one.fault().accept(options)));
  }

  EmulatorOptions options(long seed) {
    EmulatorOptions options = new EmulatorOptions();
    options.seed = seed;
    options.requestsPerMinute = 0;
    options.requestsPerDay = 0;
    options.appearWithin = Duration.ofMillis(500);
    options.processWithin = Duration.ofMillis(500);
    options.slowBy = LATE;
    fault.accept(options);
    return options;
  }
}
