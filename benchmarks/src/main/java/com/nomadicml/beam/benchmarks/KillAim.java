package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * When an import is to be killed: a while after something was seen to happen.
 *
 * @param name for people
 * @param reached whether it has happened
 * @param delay how long after it
 */
record KillAim(String name, BooleanSupplier reached, Duration delay) {

  /** What can be aimed at. */
  private enum Target {
    ANY_MOMENT,
    TABLES,
    PLAN,
    SUBMIT,
    AFTER_SUBMIT
  }

  /**
   * Draws an aim at the import that is about to start.
   *
   * @param usual how long an import takes that nobody kills
   * @param jobs how many jobs it makes
   */
  static KillAim draw(Random random, Emulator emulator, Duration usual, int jobs) {
    Target target = Target.values()[random.nextInt(Target.values().length)];
    long requestsBefore = emulator.requests();
    int jobsBefore = emulator.jobs();
    int job = 1 + random.nextInt(jobs);
    BooleanSupplier started = () -> emulator.requests() > requestsBefore;
    BooleanSupplier accepted = () -> emulator.jobs() >= jobsBefore + job;
    return switch (target) {
      case ANY_MOMENT -> of("any moment", () -> true, random, usual.toMillis());
      // Between the first request and the pipeline, the tables are created.
      case TABLES -> of("tables", started, random, 150);
      case PLAN -> of("plan", started, random, usual.toMillis());
      case SUBMIT -> of("submit " + job, accepted, random, 4);
      case AFTER_SUBMIT -> of("after submit " + job, accepted, random, 2_500);
    };
  }

  private static KillAim of(String name, BooleanSupplier reached, Random random, long millis) {
    return new KillAim(name, reached, Duration.ofMillis((long) (random.nextDouble() * millis)));
  }

  /** Kills the import when it is time; false when it came to its end before. */
  boolean fire(Launcher.Run run) throws InterruptedException {
    while (!reached.getAsBoolean()) {
      if (!run.isAlive()) {
        return false;
      }
      Thread.sleep(1);
    }
    Thread.sleep(delay.toMillis());
    if (!run.isAlive()) {
      return false;
    }
    run.kill();
    return true;
  }
}
