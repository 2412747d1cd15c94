package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalDefaultsTest {

  @Test
  void theDirectRunnerChecksNoElementAndDoesNotBlock() {
    assertThat(LocalDefaults.apply("--manifest=m.txt"))
        .containsExactly(
            "--manifest=m.txt",
            "--enforceImmutability=false",
            "--enforceEncodability=false",
            "--blockOnRun=false");
  }

  @Test
  void aStreamOnFlinkTakesCheckpointsAndCanBeStopped() {
    assertThat(LocalDefaults.apply("--runner=FlinkRunner", "--streaming"))
        .contains(
            "--checkpointingInterval=10000",
            "--shutdownSourcesAfterIdleMs=" + Long.MAX_VALUE,
            "--attachedMode=false",
            "--finishBundleBeforeCheckpointing=true",
            "--reIterableGroupByKeyResult=true")
        .doesNotContain("--blockOnRun=false");
  }

  @Test
  void aBatchRunOnFlinkStaysAttached() {
    assertThat(LocalDefaults.apply("--runner=FlinkRunner"))
        .containsExactly("--runner=FlinkRunner", "--reIterableGroupByKeyResult=true");
  }

  @Test
  void whatTheCommandLineSaysWins() {
    assertThat(
            LocalDefaults.apply(
                "--runner=FlinkRunner", "--streaming=true", "--checkpointingInterval=500"))
        .contains("--checkpointingInterval=500")
        .doesNotContain("--checkpointingInterval=10000");
  }
}
