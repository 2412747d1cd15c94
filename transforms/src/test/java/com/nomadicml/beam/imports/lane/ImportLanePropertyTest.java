package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.lane.LaneFixture.Killed;
import com.nomadicml.beam.imports.lane.ModelApi.Fate;
import com.nomadicml.beam.status.LeaseHeldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Any interleaving of requests, answers, faults and time, with the lane cut off before or after any
 * step and begun anew, and old ones still alive, ends in the same tables.
 */
class ImportLanePropertyTest {
  private static final int ITEMS = 30;

  /** Fresh tables. */
  LaneFixture tables(Random random) {
    try {
      Path file = Files.createTempFile("lane", ".db");
      Files.delete(file);
      for (String suffix : List.of("", "-wal", "-shm")) {
        Path.of(file + suffix).toFile().deleteOnExit();
      }
      return new LaneFixture(file, random);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A run of lanes that are killed, and of one that comes to its end. */
  private static final class Play {
    final LaneFixture fixture;
    final Random random;
    final int batches;
    int lives;

    Play(
        Function<Random, LaneFixture> tables,
        int batches,
        int faults,
        boolean honoursKeys,
        long seed) {
      random = new Random(seed);
      fixture = tables.apply(random);
      fixture.api.faults = faults;
      fixture.api.honoursKeys = honoursKeys;
      this.batches = batches;
      for (int i = 0; i < batches; i++) {
        fixture.plan("b" + i % 2, i * ITEMS, ITEMS);
      }
    }

    /**
     * Lets lanes run, each until it is killed, and one more to its end.
     *
     * @param isSameRun whether the lanes are of one run, and those before go on beside the next
     */
    void play(LaneRules rules, int kills, boolean isSameRun) {
      List<ImportLane> alive = new ArrayList<>();
      for (int life = 0; life < kills; life++) {
        fixture.killAfter(random.nextInt(60), random);
        try {
          begin(rules, isSameRun && life > 0);
          alive.add(fixture.lane);
          live(isSameRun ? alive : List.of(fixture.lane), 80);
        } catch (Killed e) {
          // What was on the wire arrives, or never does.
          fixture.wire.removeIf(request -> random.nextBoolean());
        }
        fixture.killNoMore();
      }
      begin(rules, isSameRun && kills > 0);
      alive.add(fixture.lane);
      if (isSameRun) {
        live(alive, 200);
      } else {
        live(List.of(fixture.lane), 20);
        alive.subList(0, alive.size() - 1).forEach(this::haunt);
      }
      assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.DONE);
      // What an earlier lane was answered may have come too late for the one after it.
      fixture.api.faults = 0;
      begin(rules, false);
      assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.DONE);
    }

    private void begin(LaneRules rules, boolean again) {
      lives++;
      if (again) {
        fixture.beginAgain();
      } else {
        fixture.planAgain(rules.maxAttempts());
        fixture.begin(rules);
      }
    }

    /** Lets so many things happen, in any order. */
    private void live(List<ImportLane> lanes, int moments) {
      for (int i = 0; i < moments; i++) {
        if (!fixture.wire.isEmpty() && random.nextInt(3) > 0) {
          fixture.wire.remove(random.nextInt(fixture.wire.size())).run();
          continue;
        }
        ImportLane lane = lanes.get(random.nextInt(lanes.size()));
        if (lane.step(fixture.clock.instant()) instanceof Step.Wait wait) {
          fixture.clock.moveTo(fixture.clock.instant().plusMillis(random.nextInt(3_000)));
          if (fixture.wire.isEmpty()) {
            fixture.clock.moveTo(wait.until());
          }
        }
      }
    }

    /** A lane that has lost its lease may go on for a while; it sends nothing more. */
    private void haunt(ImportLane zombie) {
      int before = fixture.wire.size();
      try {
        zombie.step(fixture.clock.instant());
      } catch (LeaseHeldException lost) {
        assertThat(fixture.wire).hasSizeGreaterThanOrEqualTo(before);
      }
    }

    int count(String state) {
      return Integer.parseInt(
          fixture.query("SELECT COUNT(*) FROM import_videos WHERE state = '" + state + "'").get(0));
    }

    void assertNothingIsSentKnowingly() {
      assertThat(fixture.sentKnowingly).isZero();
      if (lives == 2) {
        // What a dead lane has left on the wire may be lost after its heir has read something.
        assertThat(fixture.api.hasty).isZero();
      }
      // Three times in all, and once more by each later life.
      assertThat(fixture.query("SELECT batch_id FROM import_intents WHERE sends > " + (3 + lives)))
          .isEmpty();
      // A POST and a page each, canaries, looks that were early; and as much again for each life.
      assertThat(fixture.api.requests).isLessThan(60 + 12 * batches * (1 + lives));
    }

    void assertIsUploaded() {
      assertNothingIsSentKnowingly();
      // What was sent three times without an answer is for a person to decide.
      assertThat(
              fixture.query(
                  "SELECT v.source_uri FROM import_videos v JOIN import_intents i"
                      + " ON i.batch_id = v.batch_id WHERE v.state = 'SUBMIT_UNKNOWN'"
                      + " AND i.sends < 3"))
          .isEmpty();
      assertThat(count("UPLOADED") + count("SUBMIT_UNKNOWN")).isEqualTo(batches * ITEMS);
      assertThat(fixture.query("SELECT COUNT(*) FROM import_videos"))
          .containsExactly(String.valueOf(batches * ITEMS));
    }
  }

  private static LaneRules rules(
      Random random, boolean canary, int maxAttempts, OnUnknownSubmit onUnknown) {
    return new LaneRules(
        "",
        1 + random.nextInt(4),
        10 + random.nextInt(40),
        500,
        canary,
        0,
        maxAttempts,
        onUnknown,
        Duration.ofHours(6),
        Duration.ofDays(365));
  }

  @Property(tries = 40)
  void everyItemIsImportedOnceByAnApiThatHonoursKeys(
      @ForAll @IntRange(min = 1, max = 6) int batches,
      @ForAll @IntRange(max = 25) int faults,
      @ForAll @IntRange(max = 4) int kills,
      @ForAll boolean canary,
      @ForAll boolean small,
      @ForAll long seed) {
    Play play = new Play(this::tables, batches, faults, true, seed);
    play.fixture.api.maxItems = small ? 16 : 1_000;
    play.fixture.api.hidden = Duration.ofSeconds(play.random.nextInt(20));
    play.play(rules(play.random, canary, 1, OnUnknownSubmit.RESEND), kills, false);

    assertThat(play.fixture.api.timesAccepted.values()).allMatch(times -> times == 1);
    play.assertIsUploaded();
  }

  @Property(tries = 40)
  void lanesOfOneRunThatAreAliveAtOnceImportEveryItemOnce(
      @ForAll @IntRange(min = 1, max = 6) int batches,
      @ForAll @IntRange(max = 25) int faults,
      @ForAll @IntRange(min = 1, max = 3) int kills,
      @ForAll boolean canary,
      @ForAll boolean small,
      @ForAll long seed) {
    Play play = new Play(this::tables, batches, faults, true, seed);
    play.fixture.api.maxItems = small ? 16 : 1_000;
    play.play(rules(play.random, canary, 1, OnUnknownSubmit.RESEND), kills, true);

    assertThat(play.fixture.api.timesAccepted.values()).allMatch(times -> times == 1);
    play.assertIsUploaded();
  }

  @Property(tries = 40)
  void anApiThatIgnoresKeysDoublesOnlyWhatWasInDoubt(
      @ForAll @IntRange(min = 1, max = 6) int batches,
      @ForAll @IntRange(max = 25) int faults,
      @ForAll @IntRange(max = 2) int kills,
      @ForAll long seed) {
    Play play = new Play(this::tables, batches, faults, false, seed);
    play.play(rules(play.random, false, 1, OnUnknownSubmit.RESEND), kills, false);

    ModelApi api = play.fixture.api;
    long doubled = api.timesAccepted.values().stream().filter(times -> times > 1).count();
    assertThat(doubled).isLessThanOrEqualTo((long) ITEMS * (api.lost + 4 * kills));
    assertThat(api.timesAccepted.values()).allMatch(times -> times <= Doubt.MAX_SENDS + play.lives);
    play.assertIsUploaded();
  }

  @Property(tries = 40)
  void whatIsHeldIsNeverSentTwice(
      @ForAll @IntRange(min = 1, max = 6) int batches,
      @ForAll @IntRange(max = 25) int faults,
      @ForAll @IntRange(max = 3) int kills,
      @ForAll long seed) {
    Play play = new Play(this::tables, batches, faults, false, seed);
    play.play(rules(play.random, false, 1, OnUnknownSubmit.HOLD), kills, false);

    assertThat(play.fixture.api.timesAccepted.values()).allMatch(times -> times == 1);
    assertThat(play.fixture.query("SELECT batch_id FROM import_intents WHERE sends > 1")).isEmpty();
    assertThat(play.count("UPLOADED") + play.count("SUBMIT_UNKNOWN")).isEqualTo(batches * ITEMS);
    if (faults == 0 && kills == 0) {
      assertThat(play.count("SUBMIT_UNKNOWN")).isZero();
    }
  }

  @Property(tries = 40)
  void everyItemHasItsAttempts(
      @ForAll @IntRange(min = 1, max = 4) int batches,
      @ForAll @IntRange(max = 15) int faults,
      @ForAll @IntRange(max = 3) int kills,
      @ForAll long seed) {
    Play play = new Play(this::tables, batches, faults, true, seed);
    play.fixture.api.fates = ImportLanePropertyTest::fate;
    play.play(rules(play.random, false, 2, OnUnknownSubmit.RESEND), kills, false);

    // What the API was asked three times for in vain is for a person to decide.
    for (String row :
        play.fixture.query(
            "SELECT source_uri, state, attempt FROM import_videos"
                + " WHERE state <> 'SUBMIT_UNKNOWN'")) {
      String uri = row.substring(0, row.indexOf('|'));
      assertThat(row.substring(uri.length() + 1))
          .isEqualTo(
              switch (fate(uri)) {
                case UPLOADED -> "UPLOADED|1";
                case FAILED -> "UPLOADING_FAILED|2";
                case FAILED_ONCE -> "UPLOADED|2";
                case NEVER_SHOWN -> "MISSING|2";
              });
      assertThat(play.fixture.api.timesAccepted.get(uri))
          .isEqualTo(Integer.parseInt(row.substring(row.lastIndexOf('|') + 1)));
    }
    assertThat(play.fixture.sentKnowingly).isZero();
    assertThat(play.fixture.query("SELECT COUNT(*) FROM import_videos"))
        .containsExactly(String.valueOf(batches * ITEMS));
  }

  private static Fate fate(String uri) {
    int number = Integer.parseInt(uri.replaceAll(".*/|\\.mp4", ""));
    return switch (number % 10) {
      case 3 -> Fate.FAILED;
      case 5, 6 -> Fate.FAILED_ONCE;
      case 8 -> Fate.NEVER_SHOWN;
      default -> Fate.UPLOADED;
    };
  }
}
