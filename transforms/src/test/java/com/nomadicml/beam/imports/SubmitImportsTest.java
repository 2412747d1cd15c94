package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.ScriptedServer;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a batch is sent, on a runner that does not work stage by stage. */
class SubmitImportsTest {
  private static final List<String> EVENTS = new CopyOnWriteArrayList<>();

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
  private final ScriptedServer server = new ScriptedServer();

  @BeforeEach
  void forget() {
    EVENTS.clear();
    for (int job = 1; job <= 3; job++) {
      server.then(200, "{\"import_job_id\":\"ij_" + job + "\"}");
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aBatchIsSentBeforeTheNextOneIsThere() {
    PCollectionView<Map<String, FolderAnswer>> noFolders =
        pipeline
            .apply(
                Create.empty(KvCoder.of(StringUtf8Coder.of(), ValueCoder.of(FolderAnswer.class))))
            .apply(View.asMap());
    PCollection<TrackedBatch> sent =
        pipeline
            .apply(
                TestStream.create(VarIntCoder.of())
                    .addElements(1)
                    .addElements(2)
                    .addElements(3)
                    .advanceWatermarkToInfinity())
            .apply(
                "Come",
                MapElements.into(TypeDescriptor.of(TrackedBatch.class))
                    .via(SubmitImportsTest::come))
            .apply(
                SubmitImports.through(
                        new Api(server.url()), new Journal(), noFolders, Clock.systemUTC(), "run")
                    .asTheyCome())
            .get(SubmitImports.SUBMITTED);
    PAssert.that(
            sent.apply(
                MapElements.into(TypeDescriptors.strings())
                    .via(batch -> batch.getJob().getImportJobId())))
        .containsInAnyOrder("ij_1", "ij_2", "ij_3");

    pipeline.run();

    assertThat(EVENTS).containsExactly("came 1", "ij_1", "came 2", "ij_2", "came 3", "ij_3");
  }

  private static TrackedBatch come(int number) {
    EVENTS.add("came " + number);
    ImportItem item = ImportItem.of("s3://b/" + number + ".mp4", Map.of(), "m.txt", number);
    ImportBatch batch =
        ImportBatch.of(
            ImportTarget.of(Provider.S3, "b", null, null, "user", false), List.of(item), 1);
    return TrackedBatch.of(batch, JobStatus.planned(batch, "run", Clock.systemUTC().instant()));
  }

  private record Api(URI url) implements NomadicApiFactory {
    @Override
    public NomadicApi open(int lane, Duration longestWait) {
      return HttpNomadicApi.builder(url, "key").build();
    }

    @Override
    public void stop(String reason) {
      throw new AssertionError(reason);
    }

    @Override
    public Optional<String> stopReason() {
      return Optional.empty();
    }
  }

  private record Journal() implements JobJournal {
    @Override
    public void recordJob(JobStatus job) {
      EVENTS.add(job.getImportJobId());
    }

    @Override
    public void recordVideos(List<VideoStatus> rows) {}

    @Override
    public List<JobStatus> submittedBy(String runId) {
      return List.of();
    }
  }
}
