package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job that the Dataflow runner itself would create: translated once, offline, into a file. */
class DataflowJobTest {
  private static final String KEY = "sk-never-in-a-job-graph";
  private static final String SERVICE_ACCOUNT = "import@fleet-project.iam.gserviceaccount.com";
  private static final String SUBNETWORK = "regions/us-east1/subnetworks/fleet";

  @TempDir private static Path directory;

  private static Path secret;
  private static List<String> askedOfBigQuery;
  private static DataflowJob job;

  @BeforeAll
  static void translate() throws Exception {
    secret = Files.writeString(directory.resolve("key.txt"), KEY);
    try (BigQueryAnswers bigQuery = new BigQueryAnswers()) {
      ImportOptions options =
          PipelineOptionsFactory.fromArgs(
                  DataflowJob.arguments(
                      directory.resolve("job.json"),
                      "--bigQueryEndpoint=" + bigQuery.url(),
                      "--numWorkers=2",
                      "--maxNumWorkers=3",
                      "--workerMachineType=n2-standard-4",
                      "--workerZone=us-east1-b",
                      "--serviceAccount=" + SERVICE_ACCOUNT,
                      "--subnetwork=" + SUBNETWORK,
                      "--usePublicIps=false",
                      "--manifest=gs://fleet/manifests/2026-11-24.csv",
                      "--statusTable=bigquery:fleet-project.imports",
                      "--apiKeySecret=file:" + secret))
              .as(ImportOptions.class);
      job = DataflowJob.translate(options);
      askedOfBigQuery = bigQuery.asked();
    }
  }

  @Test
  void stepsBearTheNamesOfTheDiagram() throws Exception {
    Set<String> names = new TreeSet<>();
    job.steps().keySet().forEach(name -> names.addAll(Splitter.on('/').splitToList(name)));

    String diagram =
        Files.readAllLines(Path.of("../docs/architecture.md")).stream()
            .filter(line -> line.contains("manifests ─▶"))
            .findFirst()
            .orElseThrow();
    List<String> drawn =
        Pattern.compile("─▶ (\\w+)")
            .matcher(diagram)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(drawn).containsExactly("ReadManifests", "PlanImports", "WriteAhead");
    assertThat(names).containsAll(drawn);
  }

  @Test
  void everyStepBelongsToTheImport() {
    assertThat(job.steps().keySet()).isNotEmpty().allMatch(name -> name.startsWith("Import/"));
  }

  @Test
  void theKeyIsNowhereInTheJobThoughItsSourceIs() throws Exception {
    String all = job.unpacked();

    assertThat(all.split(Pattern.quote(secret.toString()), -1)).hasSizeGreaterThan(2);
    assertThat(all).doesNotContain(KEY);
  }

  @Test
  void theLaneIsOneStepBehindThePlan() {
    assertThat(job.steps().keySet())
        .anyMatch(name -> name.startsWith("Import/WriteAhead/"))
        .anyMatch(name -> name.startsWith("Import/PollImports/Planned/"))
        .anyMatch(name -> name.startsWith("Import/PollImports/Lane"))
        .noneMatch(name -> name.endsWith("/Post"));
  }

  @Test
  void workerOptionsArePassedOn() {
    JsonNode pool = job.workerPool();

    assertThat(pool.path("numWorkers").asInt()).isEqualTo(2);
    assertThat(pool.path("autoscalingSettings").path("maxNumWorkers").asInt()).isEqualTo(3);
    assertThat(pool.path("machineType").asText()).isEqualTo("n2-standard-4");
    assertThat(pool.path("subnetwork").asText()).isEqualTo(SUBNETWORK);
    assertThat(pool.path("ipConfiguration").asText()).isEqualTo("WORKER_IP_PRIVATE");
    assertThat(job.environment().path("workerZone").asText()).isEqualTo("us-east1-b");
    assertThat(job.environment().path("serviceAccountEmail").asText()).isEqualTo(SERVICE_ACCOUNT);
  }

  @Test
  void workersRunTheImageOfTheSdkThatBuiltTheJob() {
    String sdk = ReleaseInfo.getReleaseInfo().getSdkVersion();

    assertThat(job.environment().path("userAgent").path("version").asText()).isEqualTo(sdk);
    assertThat(job.workerPool().path("workerHarnessContainerImage").asText())
        .isEqualTo("gcr.io/cloud-dataflow/v1beta3/beam-java17-batch:" + sdk);
    assertThat(job.environment().path("version").path("job_type").asText())
        .isEqualTo("JAVA_BATCH_AUTOSCALING");
  }

  /** The ledger is read when the run has its leases, by a worker. */
  @Test
  void translatingAsksNothingOfBigQuery() {
    assertThat(askedOfBigQuery).isEmpty();
  }
}
