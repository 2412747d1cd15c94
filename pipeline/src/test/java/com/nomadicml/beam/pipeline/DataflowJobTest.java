package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.services.dataflow.model.DataflowPackage;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.runners.dataflow.util.PackageUtil.StagedFile;
import org.apache.beam.runners.dataflow.util.Stager;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job that the Dataflow runner itself would create: translated offline, into a file. */
class DataflowJobTest {
  private static final String KEY = "sk-never-in-a-job-graph";

  @TempDir private Path directory;

  @Test
  void theJobHasTheStepsOfTheDiagramAndNoSecret() throws Exception {
    Path secret = Files.writeString(directory.resolve("key.txt"), KEY);
    JsonNode job = job("--apiKeySecret=file:" + secret, "--numWorkers=2", "--workerZone=us-east1-b");

    assertThat(job.toString()).doesNotContain(KEY);
    assertThat(stages(job))
        .containsExactly(
            "AwaitImports",
            "CompleteEntries",
            "Jobs",
            "ListIntegrations",
            "PlanImports",
            "ReadLedger",
            "ReadManifests",
            "RejectedRows",
            "ResumeBatches",
            "Rows",
            "SendBatches",
            "SettleImports",
            "Submitted",
            "WriteJobs",
            "WriteVideos");
    JsonNode pool = job.path("environment").path("workerPools").path(0);
    assertThat(pool.path("numWorkers").asInt()).isEqualTo(2);
    assertThat(pool.path("zone").asText() + job.path("environment").path("workerZone").asText())
        .isEqualTo("us-east1-b");
    assertThat(job.path("environment").path("userAgent").path("version").asText())
        .isEqualTo(org.apache.beam.sdk.util.ReleaseInfo.getReleaseInfo().getVersion());
  }

  private JsonNode job(String... args) throws Exception {
    Path template = directory.resolve("job.json");
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(
        List.of(
            "--runner=DataflowRunner",
            "--project=fleet-project",
            "--region=us-east1",
            "--tempLocation=gs://fleet-temp/nomadic",
            "--gcpTempLocation=gs://fleet-temp/nomadic",
            "--stagingLocation=gs://fleet-temp/staging",
            "--manifest=gs://fleet/manifests/2026-11-24.csv",
            "--statusTable=bigquery:fleet-project.imports",
            "--templateLocation=" + template));
    ImportOptions options =
        PipelineOptionsFactory.fromArgs(all.toArray(new String[0])).as(ImportOptions.class);
    DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
    dataflow.setPathValidatorClass(NoopPathValidator.class);
    dataflow.setCredentialFactoryClass(NoopCredentialFactory.class);
    dataflow.setStagerClass(NothingStaged.class);
    dataflow.setFilesToStage(List.of());
    dataflow.setRunner(DataflowRunner.class);

    ImportSettings settings = ImportSettings.of(options, "run-1");
    HttpApiFactory api =
        new HttpApiFactory(
            "run-1",
            settings.apiUrl(),
            settings.apiKey(),
            settings.collection(),
            RequestQuota.unlimited(),
            Clock.systemUTC(),
            Sleeper.real());
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Import", new ImportPipeline(settings, api, Clock.systemUTC()));
    pipeline.run();
    return new ObjectMapper().readTree(Files.readString(template));
  }

  /** The first parts of the steps' names under {@code Import}. */
  private static TreeSet<String> stages(JsonNode job) {
    TreeSet<String> stages = new TreeSet<>();
    for (JsonNode step : job.path("steps")) {
      String[] name = step.path("properties").path("user_name").asText().split("/");
      assertThat(name[0]).isEqualTo("Import");
      stages.add(name[1]);
    }
    return stages;
  }

  /** Dataflow would be given the job's jars; this job never leaves the machine. */
  public static final class NothingStaged implements Stager {
    private NothingStaged() {}

    public static NothingStaged fromOptions(PipelineOptions options) {
      return new NothingStaged();
    }

    @Override
    public List<DataflowPackage> stageFiles(List<StagedFile> files) {
      return List.of();
    }

    @Override
    public DataflowPackage stageToFile(byte[] bytes, String baseName) {
      return new DataflowPackage()
          .setName(baseName)
          .setLocation("gs://fleet-temp/nomadic/" + baseName);
    }
  }
}
