package com.nomadicml.beam.imports.lane;

import java.util.Random;

/** The same in BigQuery, where a lane may also be cut off between two writes of one step. */
class BigQueryLanePropertyTest extends ImportLanePropertyTest {
  @Override
  LaneFixture tables(Random random) {
    return LaneFixture.inBigQuery(random);
  }

  /** There, nothing but their epochs keeps them apart, and a lane by hand has none. */
  @Override
  void lanesOfOneRunThatAreAliveAtOnceImportEveryItemOnce(
      int batches, int faults, int kills, boolean canary, boolean small, long seed) {}
}
