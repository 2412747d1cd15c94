package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on Dataflow run where a splittable DoFn has checkpoints and can be drained. */
class RunnerV2Test {
  @TempDir private Path directory;

  private DataflowJob job(String... more) throws Exception {
    Path key = Files.writeString(directory.resolve("key.txt"), "sk-0123456789");
    String[] arguments =
        ImmutableList.<String>builder()
            .add(DataflowJob.arguments(directory.resolve("job.json"), more))
            .add("--apiKeySecret=file:" + key)
            .build()
            .toArray(new String[0]);
    return DataflowJob.translate(
        PipelineOptionsFactory.fromArgs(LocalDefaults.apply(arguments)).as(ImportOptions.class));
  }

  @Test
  void aBatchRunsOnRunnerV2() throws Exception {
    JsonNode environment =
        job("--manifest=gs://fleet/m.csv", "--statusTable=jdbc:postgresql://db/imports")
            .environment();

    assertIsRunnerV2(environment);
    assertThat(environment.path("version").path("job_type").asText()).isEqualTo("FNAPI_BATCH");
  }

  @Test
  void aStreamRunsOnRunnerV2() throws Exception {
    JsonNode environment =
        job(
                "--streaming",
                "--source=pubsub:projects/fleet-project/subscriptions/videos",
                "--statusTable=jdbc:postgresql://db/imports")
            .environment();

    assertIsRunnerV2(environment);
    assertThat(environment.path("version").path("job_type").asText()).isEqualTo("FNAPI_STREAMING");
  }

  private static void assertIsRunnerV2(JsonNode environment) {
    assertThat(environment.path("experiments"))
        .extracting(JsonNode::asText)
        .contains("use_runner_v2");
    assertThat(environment.path("workerPools").path(0).path("workerHarnessContainerImage").asText())
        .isEqualTo(
            "gcr.io/cloud-dataflow/v1beta3/beam_java17_sdk:"
                + ReleaseInfo.getReleaseInfo().getSdkVersion());
  }
}
