package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.Faults.Fault;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private static final int DRAWS = 100_000;

  private final EmulatorOptions options = new EmulatorOptions();
  private final Faults faults = new Faults(options);

  @Test
  void everyFaultIsAsFrequentAsItsRate() {
    options.tooManyRequests = 10;
    options.errorBefore = 5;
    options.htmlErrors = 2;
    options.errorAfter = 1;
    options.lostAnswers = 0.5;
    options.truncated = 4;
    Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    LongStream.rangeClosed(1, DRAWS)
        .forEach(n -> counts.merge(faults.ofRequest(n), 1, Math::addExact));

    assertRate(counts.get(Fault.TOO_MANY_REQUESTS), 10);
    assertRate(counts.get(Fault.ERROR_BEFORE), 5);
    assertRate(counts.get(Fault.HTML), 2);
    assertRate(counts.get(Fault.ERROR_AFTER), 1);
    assertRate(counts.get(Fault.LOST), 0.5);
    assertRate(counts.get(Fault.TRUNCATED), 4);
    assertRate(counts.get(Fault.NONE), 77.5);
  }

  @Test
  void noFaultByDefaultAndAlwaysAtOneHundred() {
    assertThat(LongStream.rangeClosed(1, DRAWS).mapToObj(faults::ofRequest).distinct())
        .containsExactly(Fault.NONE);
    options.truncated = 100;
    assertThat(LongStream.rangeClosed(1, DRAWS).mapToObj(faults::ofRequest).distinct())
        .containsExactly(Fault.TRUNCATED);
  }

  @Test
  void theSeedDecidesTheFaultsOfRequests() {
    options.lostAnswers = 30;
    List<Fault> first = LongStream.range(0, 1_000).mapToObj(faults::ofRequest).toList();

    EmulatorOptions same = new EmulatorOptions();
    same.lostAnswers = 30;
    assertThat(LongStream.range(0, 1_000).mapToObj(new Faults(same)::ofRequest).toList())
        .isEqualTo(first);
    same.seed = 2;
    assertThat(LongStream.range(0, 1_000).mapToObj(new Faults(same)::ofRequest).toList())
        .isNotEqualTo(first);
  }

  @Test
  void aFaultSaysNothingAboutTheNextOne() {
    options.errorBefore = 20;
    assertRate(count(n -> isError(n) && isError(n + 1)), 4); // 20 % of 20 %
  }

  @Test
  void thingsAreHitAsOftenAsTheRateSays() {
    assertRate(count(n -> faults.hits(3, "missing", "job/" + n)), 3);
    assertRate(count(n -> faults.hits(60, "missing", "job/" + n)), 60);
    assertThat(count(n -> faults.hits(0, "missing", "job/" + n))).isZero();
    assertThat(count(n -> faults.hits(100, "missing", "job/" + n))).isEqualTo(DRAWS);
  }

  @Test
  void differentFaultsHitDifferentThings() {
    assertRate(
        count(n -> faults.hits(20, "missing", "job/" + n) && faults.hits(20, "failed", "job/" + n)),
        4);
  }

  @Test
  void whatIsHitDependsOnTheSeedAlone() {
    EmulatorOptions other = new EmulatorOptions();
    Faults again = new Faults(other);
    assertThat(count(n -> faults.hits(50, "slow", "j/" + n) == again.hits(50, "slow", "j/" + n)))
        .isEqualTo(DRAWS);
    other.seed = 7;
    assertRate(
        count(n -> faults.hits(50, "slow", "j/" + n) == again.hits(50, "slow", "j/" + n)), 50);
  }

  @Test
  void fractionsAreSpreadEvenlyBetweenZeroAndOne() {
    assertThat(
            count(
                n -> {
                  double fraction = faults.fraction("appear", "job/" + n);
                  return fraction >= 0 && fraction < 1;
                }))
        .isEqualTo(DRAWS);
    for (int tenth = 1; tenth < 10; tenth++) {
      double bound = tenth / 10.0;
      assertRate(count(n -> faults.fraction("appear", "job/" + n) < bound), tenth * 10);
    }
  }

  private boolean isError(long number) {
    return faults.ofRequest(number) == Fault.ERROR_BEFORE;
  }

  private static long count(LongPredicate predicate) {
    return LongStream.range(0, DRAWS).filter(predicate).count();
  }

  /** Within five standard deviations of a fair draw. */
  private static void assertRate(long count, double percent) {
    double rate = percent / 100;
    double deviation = Math.sqrt(DRAWS * rate * (1 - rate));
    assertThat((double) count).isCloseTo(DRAWS * rate, Offset.offset(5 * deviation));
  }
}
