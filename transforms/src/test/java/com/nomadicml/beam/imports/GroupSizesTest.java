package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupSizesTest {
  private static final int A_SHARD = 50_000;

  @Test
  void aGroupIsBoundedByItsShardWhicheverSideIsLarger() {
    assertThat(GroupSizes.shards(1, 0, A_SHARD)).isEqualTo(1);
    assertThat(GroupSizes.shards(10_000_000, 0, A_SHARD)).isEqualTo(200);
    assertThat(GroupSizes.shards(10_000_000, 10_000_000, A_SHARD)).isEqualTo(200);
    assertThat(GroupSizes.shards(1_000, 10_000_000, A_SHARD)).isEqualTo(20);
    assertThat(GroupSizes.shards(0, Integer.MAX_VALUE * 100L, A_SHARD)).isEqualTo(429_496);
  }
}
