package com.nomadicml.beam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.benchmarks.KillRound.Outcome;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.emulator.EmulatorOptions.Idempotency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short version of {@code benchmarks/run kill}. */
class KillRoundTest {
  private static final int ITEMS = 3_000;
  private static final int ROUNDS = 2;
  private static final Duration USUAL = Duration.ofSeconds(8);

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Idempotency.class)
  void anImportThatIsKilledEndsAsIfItWereNot(Idempotency idempotency) throws Exception {
    FleetManifest manifest = FleetManifest.write(directory.resolve("fleet.csv"), ITEMS);
    EmulatorOptions options = KillCommand.options(idempotency, 0);
    KillRound round = new KillRound(manifest, options, 100, directory.resolve("log"));
    FreshTables tables = new FreshTables(null, directory);
    for (int i = 1; i <= ROUNDS; i++) {
      Outcome outcome = round.play(tables.create("round_" + i), new Random(i), USUAL, 1);

      assertThat(outcome.complaints()).isEmpty();
    }
  }
}
