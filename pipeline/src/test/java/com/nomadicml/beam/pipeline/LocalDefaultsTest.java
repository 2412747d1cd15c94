package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDefaultsTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @Test
  void theDirectRunnerChecksNoElementAndDoesNotBlock() {
    assertThat(LocalDefaults.apply("--manifest=m.txt"))
        .containsExactly(
            "--manifest=m.txt",
            "--enforceImmutability=false",
            "--enforceEncodability=false",
            "--blockOnRun=false",
            "--targetParallelism=" + Math.max(2, PROCESSORS));
  }

  @Test
  void theDirectRunnerHasAsManyThreadsAsTheUserSays() {
    assertThat(LocalDefaults.apply("--targetParallelism=1"))
        .contains("--targetParallelism=1")
        .noneMatch(arg -> arg.matches("--targetParallelism=(?!1$).*"));
  }

  @Test
  void aJobOnDataflowRunsOnRunnerV2UnlessToldOtherwise() {
    assertThat(LocalDefaults.apply("--runner=DataflowRunner"))
        .contains("--experiments=use_runner_v2");
    assertThat(LocalDefaults.apply("--runner=DataflowRunner", "--experiments=a,disable_runner_v2"))
        .doesNotContain("--experiments=use_runner_v2");
    assertThat(LocalDefaults.apply()).noneMatch(arg -> arg.startsWith("--experiments"));
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
  void aStreamOnTheEmbeddedFlinkKeepsItsStateInFiles() {
    assertThat(LocalDefaults.apply("--runner=FlinkRunner", "--streaming"))
        .contains("--stateBackend=filesystem")
        .anyMatch(
            arg -> arg.matches("--stateBackendStoragePath=file:///.*nomadic-import-checkpoints.*"));
    assertThat(EmbeddedCheckpoints.isNeeded(List.of("--flinkMaster=[auto]"), false)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--flinkMaster=10.0.0.1:8081",
        "--stateBackend=rocksdb",
        "--stateBackendStoragePath=s3://b/checkpoints",
        "--flinkConfDir=/etc/flink"
      })
  void whatIsSaidOfFlinksStateIsLeftAsItIs(String arg) {
    assertThat(LocalDefaults.apply("--runner=FlinkRunner", "--streaming", arg))
        .noneMatch(each -> each.startsWith("--stateBackend") && !each.equals(arg));
  }

  @Test
  void anInstallationOfFlinkSaysWhereStateIs() {
    assertThat(EmbeddedCheckpoints.isNeeded(List.of(), true)).isFalse();
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
