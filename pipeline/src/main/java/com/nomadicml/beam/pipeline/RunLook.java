package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.RunNumbers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then how far a run is. A look that takes long is the rarer for it. */
final class RunLook {
  private static final Logger LOG = LoggerFactory.getLogger(RunLook.class);

  /** So that looking takes a tenth of the time at most. */
  private static final int REST = 9;

  private final RunNumbers numbers;
  private final String runId;
  private final Clock clock;
  private Instant next = Instant.EPOCH;
  private Optional<RunProgress> last = Optional.empty();

  RunLook(RunNumbers numbers, String runId, Clock clock) {
    this.numbers = numbers;
    this.runId = runId;
    this.clock = clock;
  }

  /** The newest that is known. */
  Optional<RunProgress> progress() {
    return clock.instant().isBefore(next) ? last : look();
  }

  /** As it is now. */
  Optional<RunProgress> look() {
    Instant start = clock.instant();
    try {
      last =
          numbers
              .of(runId, RunProgress.question(start, 0))
              .map(tables -> RunProgress.of(tables, clock.instant()))
              .or(() -> last);
    } catch (RuntimeException e) {
      // A run does not break because nobody sees how far it is.
      LOG.info("It can't be told how far the run is: {}", e.getMessage());
    }
    Instant end = clock.instant();
    Duration rest = Duration.between(start, end).multipliedBy(REST);
    next = end.plus(rest.compareTo(numbers.interval()) > 0 ? rest : numbers.interval());
    return last;
  }
}
