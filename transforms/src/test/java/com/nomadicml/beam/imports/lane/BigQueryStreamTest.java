package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.ClaimEntries;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.CutBatches;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportDefaults;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.manifest.ParseMessages;
import com.nomadicml.beam.manifest.SourceMessage;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.status.BigQueryModel;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream over a model of BigQuery, from its messages to uploaded items. */
class BigQueryStreamTest {
  private LaneFixture fixture;

  @BeforeEach
  void start() {
    fixture = LaneFixture.inBigQuery(new Random(1));
    fixture.begin(
        new LaneRules(
                "",
                4,
                10,
                500,
                false,
                0,
                1,
                OnUnknownSubmit.RESEND,
                Duration.ofHours(1),
                Duration.ofHours(2))
            .endless());
  }

  @Test
  void messagesBecomeUploadedItems() throws Exception {
    receive("s3://b/a.mp4", "s3://b/b.mp4", "s3://b/a.mp4");
    assertThat(fixture.states()).containsExactly("PENDING|2");
    workUntil("UPLOADED|2");

    receive("s3://b/a.mp4", "s3://b/c.mp4");
    workUntil("UPLOADED|3");

    assertThat(fixture.query("SELECT state, requested FROM import_jobs ORDER BY requested"))
        .containsExactly("COMPLETED|1", "COMPLETED|2");
    assertThat(fixture.query("SELECT COUNT(*) FROM import_arrivals")).containsExactly("0");
    assertThat(fixture.api.timesAccepted.values()).hasSize(3).containsOnly(1);
  }

  /** However many batches they are in. */
  @Test
  void whatABundleNamesIsLookedUpAtOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      fixture.plan("b", i, 1);
    }
    BigQueryModel.ASKED.clear();

    receive("s3://b/0.mp4", "s3://b/1.mp4", "s3://b/2.mp4", "s3://b/3.mp4");

    assertThat(fixture.query("SELECT COUNT(*) FROM import_jobs")).containsExactly("4");
    assertThat(BigQueryModel.ASKED)
        .hasSize(2)
        .anyMatch(sql -> sql.contains("FROM `model.dataset.import_videos` WHERE"))
        .anyMatch(sql -> sql.contains("FROM `model.dataset.import_jobs` WHERE"));
  }

  /** Plans what these messages name, in a bundle, as a stream that is drained then. */
  private void receive(String... bodies) throws NoSuchSchemaException {
    String runId = fixture.rules.runId();
    Clock clock = Clock.systemUTC();
    List<SourceMessage> messages =
        Stream.of(bodies).map(body -> SourceMessage.of("sqs:q", "1", body, Map.of())).toList();
    TestStream<SourceMessage> queue =
        TestStream.create(SchemaRegistry.createDefault().getSchemaCoder(SourceMessage.class))
            .addElements(messages.get(0), messages.stream().skip(1).toArray(SourceMessage[]::new))
            .advanceWatermarkToInfinity();
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    pipeline
        .apply(queue)
        .apply(ParseMessages.create())
        .output()
        .apply(CompleteEntries.with(new ImportDefaults(null, "user", Map.of())))
        .apply(ClaimEntries.in(fixture.store, destination -> {}, clock, runId, 1))
        .apply(
            CutBatches.of(unasked(runId), fixture.store, clock, runId, 10, Duration.ofSeconds(30)))
        .get(CutBatches.BATCHES)
        .apply(
            MapElements.into(TypeDescriptor.of(TrackedBatch.class))
                .via(
                    (ImportBatch batch) ->
                        TrackedBatch.of(batch, JobStatus.planned(batch, runId, LaneFixture.START))))
        .setCoder(new TrackedBatchCoder())
        .apply(fixture.store.writePlanned());
    pipeline.run().waitUntilFinish();
  }

  /** Buckets of S3 need no integration. */
  private static HttpApiFactory unasked(String runId) {
    return new HttpApiFactory(
        runId,
        URI.create("http://localhost:1"),
        ApiKeySource.anyKey(),
        "videos",
        RequestQuota.unlimited(),
        day -> 0,
        Clock.systemUTC(),
        Sleeper.real());
  }

  private void workUntil(String states) {
    for (int steps = 0; !fixture.states().equals(List.of(states)); steps++) {
      assertThat(steps).isLessThan(1_000);
      fixture.takeOne();
    }
  }
}
