package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.SeenViews;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import javax.annotation.Nullable;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of two rows that the tables get of an item, the later one has to win, whatever the clock. */
class SettleImportsTest {
  private static final String URI = "s3://b/a.mp4";
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private static final SeenViews LACKING =
      SeenViews.of(
          Map.of(SeenViews.SET, "s", "front", "v1", "left", "l"), List.of("top", "left (short)"));

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @Test
  void aSecondVideoThatSucceedsAtTheSameMillisecondWins() {
    PCollection<VideoStatus> rows =
        settled(
            page(0, "v1", VideoState.UPLOADING_FAILED, null),
            page(1, "v2", VideoState.UPLOADED, JobState.COMPLETED));

    PAssert.that(rows).satisfies(all -> newest(all, 2, VideoState.UPLOADED, "v2"));
    pipeline.run();
  }

  @Test
  void aRowThatSaysOtherwiseAtTheSameMillisecondWins() {
    PCollection<VideoStatus> rows =
        settled(
            page(0, "v1", VideoState.UPLOADING_FAILED, null),
            page(1, "v1", VideoState.UPLOADED, null),
            page(2, "v1", VideoState.UPLOADING_FAILED, JobState.COMPLETED));

    PAssert.that(rows).satisfies(all -> newest(all, 3, VideoState.UPLOADING_FAILED, "v1"));
    pipeline.run();
  }

  @Test
  void aSetThatLacksViewsSaysSoAndKeepsItsIds() {
    PCollection<VideoStatus> rows =
        settled(page(0, seen("v1", VideoState.UPLOADED, LACKING), JobState.COMPLETED));

    PAssert.thatSingleton(rows)
        .satisfies(
            row -> {
              assertThat(row.getState()).isEqualTo(VideoState.UPLOADED);
              assertThat(row.getErrorCode()).isEqualTo("VIEWS_FAILED");
              assertThat(row.getErrorMessage()).endsWith("failed: top, left (short)");
              assertThat(row.getVideoIds()).isEqualTo(LACKING.getVideoIds());
              return null;
            });
    assertThat(setsWithoutViews(pipeline.run())).isEqualTo(1);
  }

  /** While the job goes on, the newest word counts, in whichever way it differs. */
  @ParameterizedTest
  @CsvSource({"'', left, VIEWS_FAILED, 1", "left, '', , 0", "left, top, VIEWS_FAILED, 1"})
  void theNewestWordOfViewsCounts(String first, String then, String code, int counted) {
    PCollection<VideoStatus> rows =
        settled(
            page(0, seen("v1", VideoState.UPLOADED, failed(first)), null),
            page(1, seen("v1", VideoState.UPLOADED, failed(then)), JobState.COMPLETED));

    PAssert.that(rows)
        .satisfies(
            all -> {
              newest(all, 2, VideoState.UPLOADED, "v1");
              VideoStatus last =
                  StreamSupport.stream(all.spliterator(), false)
                      .max(Comparator.comparing(VideoStatus::getSequence))
                      .orElseThrow();
              assertThat(last.getErrorCode()).isEqualTo(code);
              assertThat(String.valueOf(last.getErrorMessage())).contains(then);
              return null;
            });
    assertThat(setsWithoutViews(pipeline.run())).isEqualTo(counted);
  }

  @Test
  void aFrontThatFailedIsAFailureWhateverBecameOfTheViews() {
    PCollection<VideoStatus> rows =
        settled(
            page(0, seen("v1", VideoState.SUBMITTED, failed("left")), null),
            page(1, seen("v1", VideoState.UPLOADING_FAILED, failed("left")), JobState.COMPLETED));

    PAssert.thatSingleton(rows)
        .satisfies(
            row -> {
              assertThat(row.getErrorCode()).isEqualTo("IMPORT_FAILED");
              return null;
            });
    assertThat(setsWithoutViews(pipeline.run())).isZero();
  }

  private static long setsWithoutViews(PipelineResult result) {
    return StreamSupport.stream(
            result
                .metrics()
                .queryMetrics(
                    MetricsFilter.builder()
                        .addNameFilter(
                            MetricNameFilter.named(
                                ImportMetrics.NAMESPACE, ImportMetrics.UPLOADED_WITHOUT_VIEWS))
                        .build())
                .getCounters()
                .spliterator(),
            false)
        .mapToLong(MetricResult::getAttempted)
        .sum();
  }

  private static SeenViews failed(String view) {
    return SeenViews.of(Map.of("front", "v1"), view.isEmpty() ? List.of() : List.of(view));
  }

  private static Void newest(
      Iterable<VideoStatus> rows, int count, VideoState state, String videoId) {
    List<VideoStatus> inOrder =
        StreamSupport.stream(rows.spliterator(), false)
            .sorted(Comparator.comparing(VideoStatus::getSequence))
            .toList();
    assertThat(inOrder).hasSize(count);
    assertThat(inOrder.stream().map(VideoStatus::getSequence).distinct()).hasSize(count);
    assertThat(inOrder.get(count - 1).getState()).isEqualTo(state);
    assertThat(inOrder.get(count - 1).getVideoId()).isEqualTo(videoId);
    return null;
  }

  private PCollection<VideoStatus> settled(JobPage... pages) {
    ImportTarget target = ImportTarget.of(Provider.S3, "b", null, null, "user", false);
    ImportBatch batch =
        ImportBatch.of(target, List.of(ImportItem.of(URI, Map.of(), "m.txt", 1)), 1);
    JobStatus job =
        JobStatus.planned(batch, "r1", NOW).toBuilder()
            .setImportJobId("ij")
            .inState(JobState.SUBMITTED, NOW);
    TestStream.Builder<JobPage> shown = TestStream.create(ValueCoder.of(JobPage.class));
    for (JobPage page : pages) {
      shown =
          shown.addElements(
              JobPage.of(
                  batch.getBatchId(),
                  page.getNumber(),
                  page.getTotal(),
                  page.getVideos(),
                  page.getEnd(),
                  null));
    }
    return PCollectionTuple.of(
            SettleImports.SUBMITTED,
            pipeline.apply(
                "Batch",
                Create.of(TrackedBatch.of(batch, job))
                    .withCoder(ValueCoder.of(TrackedBatch.class))))
        .and(SettleImports.PAGES, pipeline.apply("Pages", shown.advanceWatermarkToInfinity()))
        .apply(SettleImports.of(Clock.fixed(NOW, ZoneOffset.UTC), "r1"))
        .get(SettleImports.ROWS);
  }

  private static JobPage page(
      int number, String videoId, VideoState state, @Nullable JobState end) {
    return page(number, seen(videoId, state, null), end);
  }

  private static JobPage page(int number, SeenVideo video, @Nullable JobState end) {
    return JobPage.of("", number, 1, List.of(video), end, null);
  }

  private static SeenVideo seen(String videoId, VideoState state, @Nullable SeenViews views) {
    return SeenVideo.of(videoId, URI, state.name(), state, null, views);
  }
}
