package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.SharedQuota.Limits;
import com.nomadicml.beam.api.SharedQuota.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What several senders of an account take of its quota, by a clock of the test's. */
class SharedQuotaTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
  private static final Limits PUBLISHED = new Limits(60, 10_000);

  @Test
  void noMinuteHoldsMoreThanItMayWhoeverSends() {
    Random random = new Random(1);
    SharedQuota quota = SharedQuota.untouched();
    List<Instant> all = new ArrayList<>();
    Map<String, List<Instant>> told = new HashMap<>();
    Map<String, SharedQuota.Grant> held = new HashMap<>();
    Instant now = NOON;
    for (int i = 0; i < 20_000; i++) {
      String sender = "run-" + random.nextInt(3);
      now = now.plusMillis(random.nextInt(400));
      SharedQuota.Grant grant = held.get(sender);
      List<Instant> sent = told.computeIfAbsent(sender, name -> new ArrayList<>());
      if (grant == null || sent.size() >= grant.requests() || now.isAfter(grant.until())) {
        Taken taken = quota.take(sender, sent, Instant.EPOCH, PUBLISHED, now);
        quota = taken.after();
        held.put(sender, taken.grant());
        sent.clear();
      } else {
        sent.add(now);
        all.add(now);
      }
    }
    for (int i = 60; i < all.size(); i++) {
      assertThat(Duration.between(all.get(i - 60), all.get(i)))
          .isGreaterThan(Duration.ofMinutes(1));
    }
    // Nothing is left lying that somebody wants.
    double minutes = Duration.between(NOON, now).toMillis() / 60_000.0;
    assertThat(all.size() / minutes).isGreaterThan(50);
  }

  @Test
  void aDayIsSpentToItsLastRequestAndNoFurther() {
    Limits eight = new Limits(0, 8);
    Taken first = SharedQuota.untouched().take("a", List.of(), Instant.EPOCH, eight, NOON);
    assertThat(first.grant().requests()).isEqualTo(8);

    Taken other = first.after().take("b", List.of(), Instant.EPOCH, eight, NOON);
    assertThat(other.grant().requests()).isZero();
    assertThat(other.grant().until()).isBeforeOrEqualTo(NOON.plus(SharedQuota.AHEAD));

    SharedQuota told = other.after().tell("a", times(5), NOON);
    assertThat(told.take("b", List.of(), Instant.EPOCH, eight, NOON).grant().requests())
        .isEqualTo(3);
    Taken spent = told.take("b", times(3), Instant.EPOCH, eight, NOON);
    assertThat(spent.grant().requests()).isZero();
    assertThat(spent.grant().until()).isEqualTo(Instant.parse("2026-11-29T00:00:05Z"));
    Instant tomorrow = NOON.plus(Duration.ofDays(1));
    assertThat(
            spent.after().take("b", List.of(), Instant.EPOCH, eight, tomorrow).grant().requests())
        .isEqualTo(8);
  }

  @Test
  void whatASenderThatDiedHadTakenCountsAsSent() {
    Limits eight = new Limits(0, 8);
    Taken dead = SharedQuota.untouched().take("a", List.of(), Instant.EPOCH, eight, NOON);

    Instant later = NOON.plus(SharedQuota.AHEAD).plusSeconds(1);
    Taken next = dead.after().take("b", List.of(), Instant.EPOCH, eight, later);

    assertThat(next.grant().requests()).isZero();
    assertThat(next.after().spent()).isEqualTo(8);
  }

  @Test
  void whatTheApiHasAskedOneSenderForHoldsForAll() {
    Instant asked = NOON.plusSeconds(90);
    Taken a = SharedQuota.untouched().take("a", List.of(), asked, PUBLISHED, NOON);
    assertThat(a.grant().requests()).isZero();

    Taken b = a.after().take("b", List.of(), Instant.EPOCH, PUBLISHED, NOON.plusSeconds(1));
    assertThat(b.grant().requests()).isZero();
    assertThat(b.grant().until()).isEqualTo(asked);
  }

  @Test
  void aClockThatIsSetBackHoldsNothingUp() {
    SharedQuota quota = SharedQuota.untouched().tell("a", times(60), NOON);

    Instant before = NOON.minus(Duration.ofHours(5));
    Taken taken = quota.take("a", List.of(), Instant.EPOCH, PUBLISHED, before);

    assertThat(taken.grant().requests()).isEqualTo(10);
  }

  @Test
  void aClockThatJumpsMakesNoNegativeWaitAndHoldsNobodyUp() {
    Random random = new Random(2);
    SharedQuota quota = SharedQuota.untouched();
    Limits minute = new Limits(60, 0);
    Instant now = NOON;
    for (int i = 0; i < 5_000; i++) {
      now =
          now.plus(
              switch (random.nextInt(100)) {
                case 0 -> Duration.ofDays(1);
                case 1 -> Duration.ofHours(-1);
                default -> Duration.ofSeconds(random.nextInt(10));
              });
      String sender = "run-" + random.nextInt(3);
      Taken taken = quota.take(sender, List.of(now), Instant.EPOCH, minute, now);
      quota = taken.after();
      SharedQuota.Grant grant = taken.grant();
      assertThat(grant.until()).isAfter(now).isBeforeOrEqualTo(now.plus(SharedQuota.AHEAD));
    }
  }

  private static List<Instant> times(int requests) {
    return Stream.generate(() -> NOON).limit(requests).toList();
  }
}
