package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteWorkersTest {
  private static final String SQLITE = "jdbc:sqlite:import-status.db";

  @ParameterizedTest
  @ValueSource(strings = {"--parallelism=2", "--flinkMaster=[auto]", "--flinkMaster=[local]"})
  void anEmbeddedFlinkSharesAFile(String option) {
    assertThatNoException().isThrownBy(() -> check(FlinkRunner.class, SQLITE, option));
  }

  @Test
  void theDirectRunnerSharesAFile() {
    assertThatNoException().isThrownBy(() -> check(DirectRunner.class, SQLITE));
  }

  @Test
  void aClusterDoesNot() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(FlinkRunner.class, SQLITE, "--flinkMaster=10.0.0.7:8081"))
        .withMessageContainingAll("--statusTable=" + SQLITE, "jdbc:postgresql://HOST/DATABASE");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(DataflowRunner.class, SQLITE))
        .withMessageContaining("--statusTable=" + SQLITE);
  }

  @Test
  void aClusterSharesADatabase() {
    assertThatNoException()
        .isThrownBy(
            () -> check(FlinkRunner.class, "jdbc:postgresql://db/imports", "--flinkMaster=f:1"));
  }

  private static void check(
      Class<? extends PipelineRunner<?>> runner, String statusTable, String... more) {
    ImportOptions options = PipelineOptionsFactory.create().as(ImportOptions.class);
    options.setRunner(runner);
    options.setStatusTable(statusTable);
    RemoteWorkers.refuseLocalTables(options, more);
  }

  /** Named as the real one, which is not there in every build. */
  private abstract static class FlinkRunner extends PipelineRunner<PipelineResult> {}
}
