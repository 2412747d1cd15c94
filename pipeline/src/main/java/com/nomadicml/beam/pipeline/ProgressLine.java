package com.nomadicml.beam.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Draws from fresh numbers how far a run is, at its interval; its percent never falls. */
final class ProgressLine implements ProgressDisplay {
  /** Where it is drawn. */
  interface Screen {
    Duration interval();

    /** Draws what may have as many columns as there are. */
    void draw(ProgressText text);

    /**
     * Leaves a clean line.
     *
     * @param text tells how it has ended; empty when nothing is known
     */
    void end(Supplier<Optional<ProgressText>> text);
  }

  private final RunLook look;
  private final Screen screen;
  private final Clock clock;
  private Instant next;
  private double percent;

  ProgressLine(RunLook look, Screen screen, Clock clock) {
    this.look = look;
    this.screen = screen;
    this.clock = clock;
    this.next = clock.instant();
  }

  @Override
  public void tick() {
    if (clock.instant().isBefore(next)) {
      return;
    }
    look.progress().ifPresent(progress -> screen.draw(text(progress)));
    next = clock.instant().plus(screen.interval());
  }

  private ProgressText text(RunProgress progress) {
    percent = Math.max(percent, progress.percent());
    return new ProgressText(progress, percent);
  }

  @Override
  public void close() {
    screen.end(() -> look.look().map(this::text));
  }
}
