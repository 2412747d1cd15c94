package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.status.BigQueryModel;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lane whose tables in BigQuery are away for a while. */
class BigQueryAwayTest {
  private final LaneFixture fixture = LaneFixture.inBigQueryWithPatience(new Random(1));

  /** How many requests had been sent, each time that BigQuery was asked in vain. */
  private final List<Integer> sent = new ArrayList<>();

  private Instant back = Instant.MAX;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsSentWhileOutcomesCantBeWritten(boolean isEndless) {
    fixture.isHeld = true;
    LaneRules rules = LaneFixture.rules("");
    fixture.begin(isEndless ? rules.endless() : rules);
    for (int i = 0; i < 20; i++) {
      fixture.planLater("b", i * 10, 10);
    }
    fixture.beginAgain();
    BigQueryModel.beforeEachRow(this::isAway);
    BigQueryModel.beforeEachStatement(this::isAway);
    Instant end = fixture.clock.instant().plus(Duration.ofHours(3));
    while (fixture.clock.instant().isBefore(end) && fixture.api.timesAccepted.size() < 200) {
      fixture.takeOne();
    }
    for (int i = 0; i < 500; i++) {
      fixture.takeOne();
    }

    assertThat(sent).hasSizeGreaterThan(100).containsOnly(sent.get(0));
    assertThat(fixture.states()).containsExactly("UPLOADED|200");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  /** From the fifth request on, for an hour and a half. */
  private void isAway() {
    Instant now = fixture.clock.instant();
    int requests = fixture.api.sendsByKey.size();
    if (requests < 5 || !now.isBefore(back)) {
      return;
    }
    if (back.equals(Instant.MAX)) {
      back = now.plus(Duration.ofMinutes(90));
    }
    sent.add(requests);
    throw Status.UNAVAILABLE.asRuntimeException();
  }
}
