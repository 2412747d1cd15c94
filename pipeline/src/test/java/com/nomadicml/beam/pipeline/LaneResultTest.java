package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaneResultTest {
  private static final String REFUSED = ImportMetrics.ended(VideoState.REFUSED);

  /** A bundle that is run again counts again; its rows in the tables stay the same. */
  @Test
  void whatPlanningHasEndedIsCountedByTheTables(@TempDir Path directory) {
    StatusStore store = StatusStore.at("jdbc:sqlite:" + directory.resolve("status.db"));
    store.createTables();
    store
        .lane()
        .counted(
            "r1",
            List.of(
                PartCount.of(REFUSED, "/data/a.csv", 3),
                PartCount.of(REFUSED, "/data/b.csv", 1),
                PartCount.of(REFUSED, "lane 1", 2)));

    RunWatch.End end = LaneResult.of(store.lane(), "r1", new Counters(Map.of(REFUSED, 8L)));

    assertThat(end.counters().ended(VideoState.REFUSED)).isEqualTo(4);
  }
}
