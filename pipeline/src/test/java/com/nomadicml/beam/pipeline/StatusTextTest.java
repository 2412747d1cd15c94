package com.nomadicml.beam.pipeline;

import static com.nomadicml.beam.pipeline.Snapshots.NOW;
import static com.nomadicml.beam.pipeline.Snapshots.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunSnapshot.Event;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.TargetReason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code status} prints, word for word. */
class StatusTextTest {
  private final Snapshots tables = new Snapshots();

  @Test
  void answersTheManager() {
    underWay();

    assertThat(
            text(
                new TargetReason(
                    TARGET, VideoState.UPLOADING_FAILED, "IMPORT_FAILED", "not a video", 10),
                new TargetReason(
                    TARGET, VideoState.SUBMIT_UNKNOWN, "SUBMIT_UNKNOWN", "timed out", 2),
                new TargetReason(null, VideoState.REJECTED, "NOT_MP4", "ends in .txt", 1)))
        .isEqualTo(
            """
            run       r-1: it imports
            since     2026-11-25 12:00:00 UTC (40 min 0 s)
            manifest  m.csv
            process   host-1, process 42, last sign of life 2026-11-25 12:39:50 UTC

            progress  [#############-----------------] 45.0 %: 4,503 of 10,003 lines are accounted for
                         1 blank or comment
                         1 rejected
                         1 duplicate
                     4,490 uploaded
                        10 failed
                     5,500 open

            pace      12,000 lines an hour
            end       about 2026-11-25 13:07:30 UTC, in 27 min 30 s
            quota     120 of today's 10,000 requests are spent, 9,880 are left

            Targets
                    10,000 s3://drive-data → user/: 4,490 uploaded, 10 failed, 5,500 open
                              10 UPLOADING_FAILED IMPORT_FAILED: not a video
                               2 SUBMIT_UNKNOWN: timed out

            Rejected lines
                               1 REJECTED NOT_MP4: ends in .txt

            Open jobs: 4 planned, 2 in work, 0 of unknown outcome
                     1,000 SUBMITTED ij_1 s3://drive-data → user/ since 2026-11-25 12:31:00 UTC
                           and 5 more: --jobs lists all

            next      nothing is to be done: it goes on by itself
            """);
  }

  @Test
  void saysWhatARunIsAt() {
    tables.lane = Optional.empty();
    tables.run = tables.run.toBuilder().setLinesRead(3_000).build();
    assertThat(text())
        .contains("r-1: it reads the manifest and plans\n", "lines     3,000 read so far\n");

    tables.silent();
    assertThat(text())
        .contains(
            "r-1: it was killed, or its machine is gone\n",
            "process   host-1, process 42, last sign of life 2026-11-25 12:30:00 UTC\n",
            "since     2026-11-25 12:00:00 UTC (30 min 0 s)\n",
            "next      run again with the same command: it goes on where this one was\n");

    tables.run = tables.run.toBuilder().setProcess("").build();
    assertThat(text())
        .contains(
            "r-1: it was launched, and has given no sign of life yet\n",
            "next      see whether its workers have begun\n");
  }

  @Test
  void saysWhatARunWaitsFor() {
    underWay();
    tables.spent = 10_000;
    assertThat(text())
        .contains("r-1: it imports, and waits for the quota until 2026-11-26 00:00:05 UTC\n");

    tables.events.add(new Event(NOW.minusSeconds(900), "API_AWAY", "no answer"));
    assertThat(text()).contains("r-1: it imports; the API is away since 2026-11-25 12:25:00 UTC\n");

    tables.events.add(new Event(NOW.minusSeconds(800), "API_BACK", "it answers"));
    tables.spent = 120;
    tables.batches.removeIf(batches -> batches.state() == JobState.PLANNED);
    tables.finished = 0;
    assertThat(text())
        .contains(
            "r-1: it imports; the backend works on 2 jobs\n",
            "end       nobody can tell yet: no job has ended within the last quarter of an hour\n");
  }

  @Test
  void saysWhatToDoAfterwards() {
    tables.ended(RunState.PAUSED);
    assertThat(text())
        .contains(
            "r-1: PAUSED\n",
            "next      run again with the same command, once the quota of a new day is there:"
                + " 00:00:05 UTC\n");
    tables.ended(RunState.STOPPED);
    assertThat(text())
        .contains(
            "next      correct what the reasons above name, then run again with the same command\n");
    tables.counts.put(ManifestMetrics.LINES_READ, 2L);
    tables.counts.put(ManifestMetrics.REJECTED_LINES, 2L);
    tables.ended(RunState.COMPLETED_WITH_FAILURES);
    assertThat(text())
        .contains("next      correct the rejected lines in the manifest, then run again: ");
    tables.ended(RunState.COMPLETED);
    assertThat(text()).contains("next      nothing is to be done: all is uploaded\n");
  }

  private void underWay() {
    tables.counts.put(ManifestMetrics.LINES_READ, 10_003L);
    tables.counts.put(ManifestMetrics.BLANK_LINES, 1L);
    tables.counts.put(ManifestMetrics.REJECTED_LINES, 1L);
    tables.counts.put(ImportMetrics.DUPLICATE, 1L);
    tables.counts.put(ImportMetrics.PLANNED, 10_000L);
    tables.batches(JobState.COMPLETED, 2, true, 4, 4_000, 3_990, 10, 0);
    tables.batches(JobState.PLANNED, 1, false, 4, 4_000, 0, 0, 0);
    tables.batches(JobState.SUBMITTED, 1, false, 2, 2_000, 0, 0, 0);
    tables.shown(VideoState.UPLOADED, 1, 500);
    tables.finished = 3_000;
    tables.submittedJob("ij_1", NOW.minusSeconds(540));
  }

  private String text(TargetReason... reasons) {
    StringWriter text = new StringWriter();
    new StatusText(new PrintWriter(text)).print(tables.progress(), List.of(reasons));
    return text.toString();
  }
}
