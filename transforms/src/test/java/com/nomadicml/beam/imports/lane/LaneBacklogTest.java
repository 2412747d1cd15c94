package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that finds more to send than its lane takes up at once. */
class LaneBacklogTest {
  @TempDir private Path directory;
  private LaneFixture fixture;

  @BeforeEach
  void start() {
    fixture = new LaneFixture(directory.resolve("status.db"), new Random(1));
    fixture.begin(EndlessLaneTest.rules(false, 1));
  }

  @Test
  void itIsSentInItsOrder() {
    fixture.planMany("b", 1_200);
    begin();
    while (fixture.api.timesAccepted.size() < 1_000) {
      fixture.takeOne();
    }
    assertThat(fixture.api.timesAccepted.keySet())
        .allSatisfy(uri -> assertThat(numberOf(uri)).isLessThan(1_000));

    workFor(Duration.ofHours(1));
    assertThat(fixture.states()).containsExactly("UPLOADED|1200");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  /** What is denied of one target says nothing of another that the lane has not heard of yet. */
  @Test
  void aDeniedTargetOfManyBatchesIsNotTakenForTheAccount() {
    fixture.api.denied.put(
        "bad", new ApiException(ApiException.Kind.PERMANENT, 403, "Access denied"));
    fixture.planMany("bad", 1_100);
    fixture.plan("good", 0, 1);
    fixture.execute(
        "UPDATE import_jobs SET planned_at = '2027-01-01T00:00:00Z' WHERE bucket = 'good'");
    begin();
    workFor(Duration.ofMinutes(30));

    assertThat(fixture.states()).containsExactly("REFUSED|1100", "UPLOADED|1");
  }

  /** The lane of a later run. */
  private void begin() {
    fixture.begin(EndlessLaneTest.rules(false, 1));
  }

  private static int numberOf(String uri) {
    return Integer.parseInt(uri.replaceAll(".*/([0-9]+)[.]mp4", "$1"));
  }

  private void workFor(Duration time) {
    Instant until = fixture.clock.instant().plus(time);
    while (fixture.clock.instant().isBefore(until)) {
      fixture.takeOne();
    }
  }
}
