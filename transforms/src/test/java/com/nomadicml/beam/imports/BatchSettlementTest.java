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
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a lane writes of what a job shows: of two rows of an item, the later one has to win. */
class BatchSettlementTest {
  private static final String URI = "s3://b/a.mp4";
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private static final SeenViews LACKING =
      SeenViews.of(
          Map.of(SeenViews.SET, "s", "front", "v1", "left", "l"), List.of("top", "left (short)"));

  private final MetricsContainerImpl metrics = new MetricsContainerImpl("Lane");

  @Test
  void aSecondVideoThatSucceedsAtTheSameMillisecondWins() {
    List<VideoStatus> rows =
        settled(
            page(0, "v1", VideoState.UPLOADING_FAILED, null),
            page(1, "v2", VideoState.UPLOADED, JobState.COMPLETED));

    newest(rows, 2, VideoState.UPLOADED, "v2");
  }

  @Test
  void aRowThatSaysOtherwiseAtTheSameMillisecondWins() {
    List<VideoStatus> rows =
        settled(
            page(0, "v1", VideoState.UPLOADING_FAILED, null),
            page(1, "v1", VideoState.UPLOADED, null),
            page(2, "v1", VideoState.UPLOADING_FAILED, JobState.COMPLETED));

    newest(rows, 3, VideoState.UPLOADING_FAILED, "v1");
  }

  @Test
  void aSetThatLacksViewsSaysSoAndKeepsItsIds() {
    List<VideoStatus> rows =
        settled(page(0, seen("v1", VideoState.UPLOADED, LACKING), JobState.COMPLETED));

    assertThat(rows)
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getState()).isEqualTo(VideoState.UPLOADED);
              assertThat(row.getErrorCode()).isEqualTo("VIEWS_FAILED");
              assertThat(row.getErrorMessage()).endsWith("failed: top, left (short)");
              assertThat(row.getVideoIds()).isEqualTo(LACKING.getVideoIds());
            });
    assertThat(setsWithoutViews()).isEqualTo(1);
  }

  /** While the job goes on, the newest word counts, in whichever way it differs. */
  @ParameterizedTest
  @CsvSource({"'', left, VIEWS_FAILED, 1", "left, '', , 0", "left, top, VIEWS_FAILED, 1"})
  void theNewestWordOfViewsCounts(String first, String then, String code, int counted) {
    List<VideoStatus> rows =
        settled(
            page(0, seen("v1", VideoState.UPLOADED, failed(first)), null),
            page(1, seen("v1", VideoState.UPLOADED, failed(then)), JobState.COMPLETED));

    VideoStatus last = newest(rows, 2, VideoState.UPLOADED, "v1");
    assertThat(last.getErrorCode()).isEqualTo(code);
    assertThat(String.valueOf(last.getErrorMessage())).contains(then);
    assertThat(setsWithoutViews()).isEqualTo(counted);
  }

  @Test
  void aFrontThatFailedIsAFailureWhateverBecameOfTheViews() {
    List<VideoStatus> rows =
        settled(
            page(0, seen("v1", VideoState.SUBMITTED, failed("left")), null),
            page(1, seen("v1", VideoState.UPLOADING_FAILED, failed("left")), JobState.COMPLETED));

    assertThat(rows).extracting(VideoStatus::getErrorCode).containsExactly("IMPORT_FAILED");
    assertThat(setsWithoutViews()).isZero();
  }

  /** By URI, however the API writes it, and never by position (contract, section 8). */
  @Test
  void rowsAreMatchedByUriAndThoseNobodyAskedForAreCounted() {
    List<VideoStatus> rows =
        settled(
            JobPage.of(
                "",
                0,
                2,
                List.of(
                    SeenVideo.of("v0", "s3://b/z.mp4", "UPLOADED", VideoState.UPLOADED, null),
                    SeenVideo.of("v1", "s3://b/%61.mp4", "UPLOADED", VideoState.UPLOADED, null)),
                JobState.COMPLETED,
                null));

    assertThat(rows)
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getSourceUri()).isEqualTo(URI);
              assertThat(row.getVideoId()).isEqualTo("v1");
            });
    assertThat(counter(ImportMetrics.UNREQUESTED_ROWS)).isEqualTo(1);
    assertThat(counter(ImportMetrics.OTHER_TOTALS)).isEqualTo(1);
  }

  @Test
  void whatWasNeverShownIsMissingAndWhatIsNotFinishedStaysSubmitted() {
    assertThat(settled(JobPage.of("", 0, 1, List.of(), JobState.INCOMPLETE, "too late")))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getState()).isEqualTo(VideoState.MISSING);
              assertThat(row.getErrorMessage()).endsWith("showed this item: too late");
            });
    assertThat(settled(page(0, "v1", VideoState.SUBMITTED, JobState.INCOMPLETE)))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getState()).isEqualTo(VideoState.SUBMITTED);
              assertThat(row.getErrorCode()).isEqualTo("STILL_PROCESSING");
            });
    assertThat(settled(JobPage.of("", 0, 1, List.of(), JobState.SUBMITTED, null))).isEmpty();
  }

  private long setsWithoutViews() {
    return counter(ImportMetrics.UPLOADED_WITHOUT_VIEWS);
  }

  private long counter(String name) {
    return metrics.getCounter(MetricName.named(ImportMetrics.NAMESPACE, name)).getCumulative();
  }

  private static SeenViews failed(String view) {
    return SeenViews.of(Map.of("front", "v1"), view.isEmpty() ? List.of() : List.of(view));
  }

  private static VideoStatus newest(
      List<VideoStatus> rows, int count, VideoState state, String videoId) {
    List<VideoStatus> inOrder =
        rows.stream().sorted(Comparator.comparing(VideoStatus::getSequence)).toList();
    assertThat(inOrder).hasSize(count);
    assertThat(inOrder.stream().map(VideoStatus::getSequence).distinct()).hasSize(count);
    VideoStatus last = inOrder.get(count - 1);
    assertThat(last.getState()).isEqualTo(state);
    assertThat(last.getVideoId()).isEqualTo(videoId);
    return last;
  }

  /** The rows that a lane writes of these pages. */
  private List<VideoStatus> settled(JobPage... pages) {
    ImportTarget target = ImportTarget.of(Provider.S3, "b", null, null, "user", false);
    ImportBatch batch =
        ImportBatch.of(target, List.of(ImportItem.of(URI, Map.of(), "m.txt", 1)), 1);
    JobStatus job =
        JobStatus.planned(batch, "r1", NOW).toBuilder()
            .setImportJobId("ij")
            .inState(JobState.SUBMITTED, NOW);
    BatchSettlement settlement =
        new BatchSettlement(TrackedBatch.of(batch, job), "r1", Clock.fixed(NOW, ZoneOffset.UTC), 0);
    Map<String, SeenItem> seen = new HashMap<>();
    List<VideoStatus> rows = new ArrayList<>();
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(metrics)) {
      for (JobPage page : pages) {
        rows.addAll(settlement.show(page, seen));
        if (page.getEnd() != null) {
          rows.addAll(settlement.end(page, seen));
          assertThat(settlement.closedJob(page).getState()).isEqualTo(page.getEnd());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
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
