package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.full;
import static com.nomadicml.beam.status.StatusRows.job;
import static com.nomadicml.beam.status.StatusRows.planned;
import static com.nomadicml.beam.status.StatusRows.video;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

/** What planning reads of SQLite and PostgreSQL. */
interface LedgerContract {
  /** The store under test, its tables created. */
  StatusStore store();

  @Test
  default void rangesOfALedgerAreAllOfItAndNothingTwice() {
    List<VideoStatus> rows = new ArrayList<>();
    for (String text : AnyText.all()) {
      rows.add(full("user/a", "gs://fleet/" + text + ".mp4"));
    }
    store().recordVideos(rows);
    store().recordVideos(List.of(full("user/b", "gs://fleet/1.mp4")));
    store().recordVideos(List.of(video("user/a", "no uri").inState(VideoState.REJECTED, AT)));
    JdbcDatabase database = ((JdbcStatusStore) store()).database();

    for (int size : new int[] {1, 3, rows.size(), 1_000}) {
      assertRead(new JdbcReadRanges(database, size), "user/a", rows);
    }
    assertRead(new JdbcReadRanges(database, 2), "user/c", List.of());
  }

  @Test
  default void whatAnOpenBatchHasIsReadWithoutTheRest() {
    VideoStatus waiting = row("open", 1, VideoState.PENDING);
    VideoStatus done = row("open", 2, VideoState.UPLOADED);
    VideoStatus mine = row("mine", 3, VideoState.UPLOADED);
    VideoStatus overdue = row("overdue", 4, VideoState.SUBMITTED);
    store()
        .recordVideos(
            List.of(
                waiting,
                done,
                mine,
                overdue,
                row("ended", 5, VideoState.UPLOADED),
                row("without a job", 6, VideoState.PENDING),
                row("of another", 7, VideoState.PENDING).toBuilder()
                    .setDestination("user/b")
                    .build()));
    JobStatus ended = job("ended", "a").inState(JobState.COMPLETED, AT);
    JobStatus left = job("overdue", "a").inState(JobState.INCOMPLETE, AT);
    JobStatus ofRun = job("mine", "a").setRunId("run-9").inState(JobState.COMPLETED, AT);
    List.of(planned("open", "a"), ended, left, ofRun, planned("of another", "b"))
        .forEach(store()::recordJob);
    LedgerByKey ledger = store().ledgerByKey().orElseThrow();

    assertRead(ledger.readOpenVideos("run-9"), "user/a", List.of(waiting, done, mine, overdue));
    assertRead(ledger.readOpenJobs("run-9"), "user/a", List.of(planned("open", "a"), left, ofRun));
    assertRead(ledger.readOpenVideos("run-8"), "user/c", List.of());
  }

  @Test
  default void aLedgerIsLookedUpWhenItIsMuchLargerThanWhatIsLookedUp() {
    List<VideoStatus> rows = new ArrayList<>();
    for (int i = 0; i < 1_300; i++) {
      rows.add(row("b", i, VideoState.UPLOADED));
    }
    store().recordVideos(rows);
    LedgerByKey ledger = store().ledgerByKey().orElseThrow();

    assertThat(ledger.isCheaper("user/a", 1)).isTrue();
    assertThat(ledger.isCheaper("user/a", 324)).isTrue();
    assertThat(ledger.isCheaper("user/a", 325)).isFalse();
    assertThat(ledger.isCheaper("user/b", 1)).isFalse();
  }

  private static VideoStatus row(String batchId, int number, VideoState state) {
    return video("user/a", "gs://fleet/" + number).setBatchId(batchId).inState(state, AT);
  }

  private static <T> void assertRead(
      PTransform<PCollection<String>, PCollection<T>> read, String destination, List<T> expected) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<T> rows = pipeline.apply(Create.of(destination)).apply(read);
    if (expected.isEmpty()) {
      PAssert.that(rows).empty();
    } else {
      PAssert.that(rows).containsInAnyOrder(expected);
    }
    pipeline.run().waitUntilFinish();
  }
}
