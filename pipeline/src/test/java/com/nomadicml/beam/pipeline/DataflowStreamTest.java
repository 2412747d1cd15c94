package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The streaming job that the Dataflow runner itself would create, as {@link DataflowJobTest}. */
class DataflowStreamTest {
  private static final String KEY = "sk-never-in-a-job-graph";
  private static final String SUBSCRIPTION = "projects/fleet-project/subscriptions/videos";

  @TempDir private static Path directory;

  private static Path secret;
  private static List<String> askedOfBigQuery;
  private static DataflowJob job;

  @BeforeAll
  static void translate() throws Exception {
    secret = Files.writeString(directory.resolve("key.txt"), KEY);
    try (BigQueryAnswers bigQuery = new BigQueryAnswers()) {
      job =
          DataflowJob.translate(
              PipelineOptionsFactory.fromArgs(
                      NomadicStream.streaming(
                          DataflowJob.arguments(
                              directory.resolve("job.json"),
                              "--enableStreamingEngine",
                              "--bigQueryEndpoint=" + bigQuery.url(),
                              "--source=pubsub:" + SUBSCRIPTION,
                              "--statusTable=bigquery:fleet-project.imports",
                              "--deadLetter=gs://fleet-temp/dead",
                              "--apiKeySecret=file:" + secret)))
                  .as(ImportOptions.class));
      askedOfBigQuery = bigQuery.asked();
    }
  }

  @Test
  void itIsAStreamOnTheImageOfTheSdkThatBuiltIt() {
    String sdk = ReleaseInfo.getReleaseInfo().getSdkVersion();

    assertThat(job.environment().path("version").path("job_type").asText()).isEqualTo("STREAMING");
    assertThat(job.environment().path("userAgent").path("version").asText()).isEqualTo(sdk);
    assertThat(job.workerPool().path("workerHarnessContainerImage").asText())
        .isEqualTo("gcr.io/cloud-dataflow/v1beta3/beam-java17-streaming:" + sdk);
  }

  @Test
  void stepsBearTheNamesOfTheStreamsDiagram() {
    Set<String> names = new LinkedHashSet<>();
    job.steps().keySet().forEach(name -> names.add(Splitter.on('/').splitToList(name).get(1)));

    assertThat(job.steps().keySet()).allMatch(name -> name.startsWith("Stream/"));
    assertThat(names)
        .containsExactlyInAnyOrder(
            "Watch",
            "Destinations",
            "EachDestination",
            "ReadLedger",
            "ResumeEntries",
            "Entries",
            "CompleteEntries",
            "ClaimEntries",
            "CutBatches",
            "WriteAhead",
            "PollImports",
            "RejectedRows",
            "NotSent",
            "WriteVideos",
            "Outcomes",
            "DeadLetters");
  }

  @Test
  void theServiceReadsTheSubscriptionItself() {
    List<String> reads =
        job.steps().values().stream()
            .map(step -> DataflowJob.property(step, "pubsub_subscription"))
            .filter(subscription -> !subscription.isEmpty())
            .toList();

    assertThat(reads).containsExactly("/subscriptions/fleet-project/videos");
  }

  @Test
  void theStepsThatRememberAreStatefulOnes() {
    assertThat(
            job.steps().entrySet().stream()
                .filter(
                    step ->
                        DataflowJob.property(step.getValue(), "uses_keyed_state").equals("true"))
                .map(step -> step.getKey()))
        .containsExactly("Stream/CutBatches/Cut");
  }

  @Test
  void theKeyIsNowhereInTheJobThoughItsSourceIs() throws Exception {
    String all = job.unpacked();

    assertThat(all.split(Pattern.quote(secret.toString()), -1)).hasSizeGreaterThan(2);
    assertThat(all).doesNotContain(KEY);
  }

  /** A launcher would read the tables as they were, into sessions that end after six hours. */
  @Test
  void theLedgerIsReadByTheJobAndNotWhereItIsDescribed() {
    assertThat(askedOfBigQuery).isEmpty();
  }
}
