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
  @ValueSource(strings = {"[auto]", "[local]", "[collection]"})
  void anEmbeddedFlinkSharesAFile(String master) {
    assertThatNoException().isThrownBy(() -> check(FlinkRunner.class, SQLITE, master));
  }

  @Test
  void theDirectRunnerSharesAFile() {
    assertThatNoException().isThrownBy(() -> check(DirectRunner.class, SQLITE, "[auto]"));
  }

  @Test
  void aClusterDoesNot() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(FlinkRunner.class, SQLITE, "10.0.0.7:8081"))
        .withMessageContainingAll("--statusTable=" + SQLITE, "jdbc:postgresql://HOST/DATABASE");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(DataflowRunner.class, SQLITE, "[auto]"))
        .withMessageContaining("--statusTable=" + SQLITE);
  }

  @Test
  void aClusterSharesADatabase() {
    assertThatNoException()
        .isThrownBy(() -> check(FlinkRunner.class, "jdbc:postgresql://db/imports", "f:1"));
  }

  private static void check(
      Class<? extends PipelineRunner<?>> runner, String statusTable, String master) {
    ImportOptions options = PipelineOptionsFactory.create().as(ImportOptions.class);
    options.setRunner(runner);
    options.setStatusTable(statusTable);
    options.as(RemoteWorkers.FlinkMaster.class).setFlinkMaster(master);
    RemoteWorkers.refuseLocalTables(options);
  }

  /** Named as the real one, which is not there in every build. */
  private abstract static class FlinkRunner extends PipelineRunner<PipelineResult> {}
}
