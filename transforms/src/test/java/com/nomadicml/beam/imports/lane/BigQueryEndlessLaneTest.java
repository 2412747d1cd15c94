package com.nomadicml.beam.imports.lane;

import java.util.Random;
import java.util.function.LongSupplier;

/** The same in BigQuery. */
class BigQueryEndlessLaneTest extends EndlessLaneTest {
  @Override
  LaneFixture tables(String name) {
    return LaneFixture.inBigQuery(new Random(1));
  }

  /** The model of BigQuery is not made for many rows. */
  @Override
  int many() {
    return 300;
  }

  /** Its lane keeps all batches in memory. */
  @Override
  int most() {
    return many();
  }

  @Override
  LongSupplier steps() {
    return () -> 0;
  }
}
