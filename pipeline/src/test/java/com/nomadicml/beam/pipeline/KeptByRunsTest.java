package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that runs one import after the other keeps nothing of those that have ended. */
class KeptByRunsTest {
  @TempDir private Path directory;

  @Test
  void twoRunsOfAProcessLeaveNothing() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      for (int run = 0; run < 2; run++) {
        String tables = "jdbc:sqlite:" + directory.resolve("tables-" + run + ".db");
        harness.withStatusTable(tables);

        Path manifest = harness.write("m.txt", "s3://drive-data/" + run + ".mp4");
        assertThat(harness.importFrom(manifest).exitCode()).isZero();

        assertThat(harness.states()).containsExactly("UPLOADED|1");
        assertThat(kept("imports.HttpApiFactory", "GATES")).isEmpty();
        assertThat(kept("imports.HttpApiFactory", "STOPPED")).isEmpty();
        assertThat(kept("imports.HttpApiFactory", "VERIFIED")).isEmpty();
        assertThat(kept("imports.lane.SharedLanes", "LANES")).isEmpty();
        assertThat(kept("status.JdbcDatabase", "POOLS").containsKey(tables)).isFalse();
      }
      // The tables of the first run are as usable as before.
      harness.withStatusTable("jdbc:sqlite:" + directory.resolve("tables-0.db"));
      assertThat(harness.importFrom(harness.write("m.txt", "s3://drive-data/0.mp4")).exitCode())
          .isZero();
    }
  }

  private static Map<?, ?> kept(String type, String field) throws Exception {
    Field kept = Class.forName("com.nomadicml.beam." + type).getDeclaredField(field);
    kept.setAccessible(true);
    return (Map<?, ?>) kept.get(null);
  }
}
