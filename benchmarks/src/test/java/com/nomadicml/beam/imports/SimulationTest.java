package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.Simulation.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a million videos cost at the published quota, as multiples of the floor. */
class SimulationTest {
  /** A backend that is slow costs looks in vain: no pause is longer than ten minutes. */
  @ParameterizedTest
  @CsvSource({
    "STEADY, 1.05",
    "SLOW, 1.10",
    "FAST, 1.05",
    "BURSTS, 1.25",
    "STALLS, 1.25",
    "SIDE_BY_SIDE, 1.25",
    "STRAGGLERS, 1.25"
  })
  void aMillionVideosCostLittleMoreThanTheFloor(Pace pace, double most) {
    Simulation simulation = Simulation.of(Scenario.of(1_000_000, pace));
    Outcome run = simulation.run();
    assertThat((double) run.requests() / simulation.floor().requests()).isBetween(1.0, most);
    assertThat(run.lag()).isGreaterThanOrEqualTo(Duration.ZERO);
  }

  @Test
  void aSpentDayIsCarriedOnTheNext() {
    Scenario scenario = Scenario.of(100_000, Pace.STEADY).withQuota(60, 100);
    Outcome run = Simulation.of(scenario).run();
    assertThat(run.requests()).isBetween(300L, 330L);
    assertThat(run.days()).isBetween(2.0, 4.0);
  }

  @Test
  void theVendorsLoopCostsMore() {
    Simulation simulation = Simulation.of(Scenario.of(100_000, Pace.SLOW));
    assertThat(simulation.runVendorLoop().requests())
        .isGreaterThan(3 * simulation.run().requests());
  }
}
