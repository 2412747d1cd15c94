package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class RequestCountTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-11-25");

  private long here;
  private long hereToday;
  private final RequestCount count =
      new RequestCount(() -> here, day -> day.equals(TODAY) ? hereToday : 0);

  @Test
  void requestsOfWorkersElsewhereAreAddedToThoseOfTheLauncher() {
    sendHere(1);
    count.pipelineStarts();

    count.seen(40, TODAY);

    assertThat(count.inAll()).isEqualTo(41);
    assertThat(count.on(TODAY)).isEqualTo(41);
  }

  @Test
  void requestsOfAPipelineInThisProcessAreCountedOnce() {
    sendHere(1);
    count.pipelineStarts();
    sendHere(40);

    count.seen(40, TODAY);
    sendHere(2);

    assertThat(count.inAll()).isEqualTo(43);
    assertThat(count.on(TODAY)).isEqualTo(43);
  }

  @Test
  void aNewDayStartsFromWhatWasKnownAtItsStart() {
    sendHere(1);
    count.pipelineStarts();
    count.seen(40, TODAY);

    count.seen(45, TODAY.plusDays(1));

    assertThat(count.inAll()).isEqualTo(46);
    assertThat(count.on(TODAY.plusDays(1))).isEqualTo(5);
  }

  @Test
  void aMetricThatFallsBackTakesNothingAway() {
    count.pipelineStarts();
    count.seen(40, TODAY);

    count.seen(30, TODAY);

    assertThat(count.inAll()).isEqualTo(40);
  }

  private void sendHere(long requests) {
    here += requests;
    hereToday += requests;
  }
}
