package com.nomadicml.beam.pipeline;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on Dataflow run where a splittable DoFn has checkpoints and can be drained. */
class RunnerV2Test {
  private static final String KEY = "sk-0123456789";

  @TempDir private Path directory;

  private DataflowJob job(String... more) throws Exception {
    Path key = Files.writeString(directory.resolve("key.txt"), KEY);
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
    DataflowJob job =
        job("--manifest=gs://fleet/m.csv", "--statusTable=jdbc:postgresql://db/tables");

    assertIsRunnerV2(job.environment());
    assertThat(job.environment().path("version").path("job_type").asText())
        .isEqualTo("FNAPI_BATCH");
    assertThat(splittable(job)).contains("Import/PollImports/Lane/ParMultiDo(Batch)");
    assertGraphIsTheImport(job, "Import/");
  }

  @Test
  void aStreamRunsOnRunnerV2() throws Exception {
    DataflowJob job =
        job(
            "--streaming",
            "--source=pubsub:projects/fleet-project/subscriptions/videos",
            "--statusTable=jdbc:postgresql://db/tables");

    assertIsRunnerV2(job.environment());
    assertThat(job.environment().path("version").path("job_type").asText())
        .isEqualTo("FNAPI_STREAMING");
    assertThat(splittable(job)).contains("Stream/PollImports/Lane/ParMultiDo(Stream)");
    assertThat(states(job))
        .containsEntry("Stream/CutBatches/Cut", Set.of("claimed", "count", "lastBatch"));
    assertGraphIsTheImport(job, "Stream/");
  }

  /** Those that have a restriction: what Runner v2 cuts off and goes on with. */
  private static List<String> splittable(DataflowJob job) throws Exception {
    return job.functions().entrySet().stream()
        .filter(function -> !function.getValue().getRestrictionCoderId().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The names of their states, of those that have any. */
  private static Map<String, Set<String>> states(DataflowJob job) throws Exception {
    return job.functions().entrySet().stream()
        .filter(function -> function.getValue().getStateSpecsCount() > 0)
        .collect(
            toMap(Map.Entry::getKey, function -> function.getValue().getStateSpecsMap().keySet()));
  }

  private void assertGraphIsTheImport(DataflowJob job, String namespace) throws Exception {
    assertThat(job.functions().keySet()).allMatch(name -> name.startsWith(namespace));
    assertThat(job.unpackedGraph())
        .contains(directory.resolve("key.txt").toString())
        .doesNotContain(KEY);
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
