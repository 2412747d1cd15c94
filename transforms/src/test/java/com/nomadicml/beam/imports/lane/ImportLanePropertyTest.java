package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.status.LeaseHeldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Any interleaving of requests, answers, faults and time, with the lane cut off at any step and
 * begun anew, and the old one still alive, ends in the same tables.
 */
class ImportLanePropertyTest {

  @Property(tries = 60)
  void everyItemIsImportedOnceByAnApiThatHonoursKeys(
      @ForAll @IntRange(min = 1, max = 6) int batches,
      @ForAll @IntRange(max = 25) int faults,
      @ForAll @IntRange(max = 4) int kills,
      @ForAll boolean canary,
      @ForAll boolean small,
      @ForAll long seed)
      throws IOException {
    LaneFixture fixture = play(batches, faults, kills, canary, small, true, seed);

    assertThat(fixture.api.timesAccepted.values()).allMatch(times -> times == 1);
    assertIsDone(fixture, batches, kills);
  }

  @Property(tries = 30)
  void anApiThatIgnoresKeysDoublesOnlyWhatWasInDoubt(
      @ForAll @IntRange(min = 1, max = 6) int batches,
      @ForAll @IntRange(max = 25) int faults,
      @ForAll @IntRange(max = 2) int kills,
      @ForAll long seed)
      throws IOException {
    LaneFixture fixture = play(batches, faults, kills, false, false, false, seed);

    int doubts = fixture.api.lost + 4 * kills;
    long doubled = fixture.api.timesAccepted.values().stream().filter(times -> times > 1).count();
    assertThat(doubled).isLessThanOrEqualTo(30L * doubts);
    assertThat(fixture.api.timesAccepted.values()).allMatch(times -> times <= Doubt.MAX_SENDS);
    assertIsDone(fixture, batches, kills);
  }

  private static void assertIsDone(LaneFixture fixture, int batches, int kills) {
    // What was sent three times without an answer is for a person to decide.
    assertThat(
            fixture.query(
                "SELECT DISTINCT state FROM import_videos WHERE state <> 'SUBMIT_UNKNOWN'"))
        .isSubsetOf("UPLOADED");
    assertThat(
            fixture.query(
                "SELECT v.source_uri FROM import_videos v JOIN import_intents i"
                    + " ON i.batch_id = v.batch_id WHERE v.state = 'SUBMIT_UNKNOWN'"
                    + " AND i.sends < 3"))
        .isEmpty();
    assertThat(fixture.query("SELECT COUNT(*) FROM import_videos"))
        .containsExactly(String.valueOf(batches * 30));
    assertThat(fixture.query("SELECT COUNT(*) FROM import_videos WHERE state = 'UPLOADED'"))
        .containsExactly(String.valueOf(batches * 30 - count(fixture, "SUBMIT_UNKNOWN")));
    assertThat(fixture.api.timesAccepted.size())
        .isGreaterThanOrEqualTo(batches * 30 - count(fixture, "SUBMIT_UNKNOWN"));
    // A POST and a page each, canaries, looks that were early; and as much again for each life.
    assertThat(fixture.api.requests).isLessThan(60 + 12 * batches * (1 + kills));
  }

  private static int count(LaneFixture fixture, String state) {
    return Integer.parseInt(
        fixture.query("SELECT COUNT(*) FROM import_videos WHERE state = '" + state + "'").get(0));
  }

  private static LaneFixture play(
      int batches,
      int faults,
      int kills,
      boolean canary,
      boolean small,
      boolean honoursKeys,
      long seed)
      throws IOException {
    Random random = new Random(seed);
    Path file = Files.createTempFile("lane", ".db");
    Files.delete(file);
    LaneFixture fixture = new LaneFixture(file, random);
    fixture.api.faults = faults;
    fixture.api.honoursKeys = honoursKeys;
    fixture.api.maxItems = small ? 16 : 1_000;
    for (int i = 0; i < batches; i++) {
      fixture.plan("b" + i % 2, i * 30, 30);
    }
    LaneRules rules = LaneFixture.rules("");
    LaneRules played =
        new LaneRules(
            "",
            1 + random.nextInt(4),
            500,
            500,
            canary,
            0,
            1,
            rules.onUnknown(),
            rules.awaitTimeout(),
            Duration.ofDays(1));
    for (int life = 0; life < kills; life++) {
      fixture.begin(played);
      live(fixture, random, random.nextInt(80));
      if (random.nextBoolean()) {
        // What was on the wire never arrives.
        fixture.wire.clear();
      }
    }
    ImportLane zombie = fixture.lane;
    fixture.begin(played);
    live(fixture, random, 20);
    if (zombie != null) {
      haunt(zombie, fixture);
    }
    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.DONE);
    // What a lane without a lease was answered may have come too late for the one after it.
    fixture.begin(played);
    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.DONE);
    deleteAll(file);
    return fixture;
  }

  /** Lets so many things happen, in any order. */
  private static void live(LaneFixture fixture, Random random, int moments) {
    for (int i = 0; i < moments; i++) {
      if (!fixture.wire.isEmpty() && random.nextInt(3) > 0) {
        fixture.wire.remove(random.nextInt(fixture.wire.size())).run();
        continue;
      }
      Step step = fixture.lane.step(fixture.clock.instant());
      if (step instanceof Step.Wait wait) {
        fixture.clock.moveTo(fixture.clock.instant().plusMillis(random.nextInt(3_000)));
        if (fixture.wire.isEmpty()) {
          fixture.clock.moveTo(wait.until());
        }
      }
    }
  }

  /** A lane that has lost its lease may go on for a while; it sends nothing more. */
  private static void haunt(ImportLane zombie, LaneFixture fixture) {
    int before = fixture.wire.size();
    try {
      zombie.step(fixture.clock.instant());
    } catch (LeaseHeldException lost) {
      assertThat(fixture.wire).hasSizeGreaterThanOrEqualTo(before);
    }
  }

  private static void deleteAll(Path file) throws IOException {
    file.toFile().deleteOnExit();
    Path.of(file + "-wal").toFile().deleteOnExit();
    Path.of(file + "-shm").toFile().deleteOnExit();
  }
}
