package com.nomadicml.beam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rehearsal is worth nothing if it sees nothing: each kind of damage has to be complained of. */
class ConditionsTest {
  @TempDir private Path directory;

  @Test
  void everyDamageIsSeen() throws Exception {
    FleetManifest manifest = FleetManifest.write(directory.resolve("fleet.csv"), 60);
    Tables tables = new FreshTables(null, directory).create("status");
    EmulatorOptions options = KillCommand.options(EmulatorOptions.Idempotency.HONOUR, 0);
    try (Emulator emulator = Emulator.start(options)) {
      assertThat(launcher(emulator, manifest, tables).start().exitCode()).isZero();
      assertThat(Conditions.broken(manifest, emulator, tables)).isEmpty();

      execute(tables, "DELETE FROM import_videos WHERE source_uri LIKE '%07.mp4'");
      execute(tables, "UPDATE import_videos SET state = 'MISSING' WHERE source_uri LIKE '%08.mp4'");
      execute(
          tables,
          "UPDATE import_videos SET source_uri = 's3://x/y' WHERE source_uri LIKE '%09.mp4'");
      execute(tables, "UPDATE import_runs SET uploaded = uploaded - 1");

      assertThat(Conditions.broken(manifest, emulator, tables))
          .hasSize(4)
          .anySatisfy(line -> assertThat(line).startsWith("2 items without a row"))
          .anySatisfy(line -> assertThat(line).startsWith("1 rows of items nobody asked for"))
          .anySatisfy(line -> assertThat(line).startsWith("1 items in another state"))
          .anySatisfy(line -> assertThat(line).startsWith("the sum of 1 runs"));
    }
  }

  private Launcher launcher(Emulator emulator, FleetManifest manifest, Tables tables) {
    return Launcher.of(
        manifest.file(), tables, emulator, directory.resolve("log"), "--requestsPerMinute=0");
  }

  private static void execute(Tables tables, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(tables.url());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
