package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.ImportedTarget;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run as the tables may tell it, at a fixed time. */
final class Snapshots {
  static final Instant NOW = Instant.parse("2026-11-25T12:40:00Z");
  static final ImportedTarget TARGET = new ImportedTarget(Provider.S3, "drive-data", "user/");

  final Map<String, Long> counts = new HashMap<>();
  final List<RunSnapshot.Batches> batches = new ArrayList<>();
  final List<RunSnapshot.Shown> shown = new ArrayList<>();
  final List<JobStatus> openJobs = new ArrayList<>();
  final List<RunSnapshot.Sign> signs = new ArrayList<>();
  final List<RunSnapshot.Event> events = new ArrayList<>();
  RunStatus run =
      RunStatus.started(
              "r-1",
              "m.csv",
              "{batchSize=1000, maxAttempts=2, pageSize=500, requestsPerDay=10000,"
                  + " requestsPerMinute=60}",
              NOW.minusSeconds(2_400))
          .toBuilder()
          .setRequests(60)
          .setHolder("host-1, process 42")
          .setProcess("elsewhere|42|1")
          .setAliveAt(NOW.minusSeconds(10).toEpochMilli())
          .build();
  Optional<RunSnapshot.Lane> lane = Optional.of(new RunSnapshot.Lane(null, null));
  long finished;
  Instant firstSentAt = NOW.minusSeconds(1_800);
  long spent = 120;

  void batches(JobState state, int attempt, boolean isClosed, long batches, long... items) {
    this.batches.add(
        new RunSnapshot.Batches(
            TARGET, state, attempt, isClosed, batches, items[0], items[1], items[2], items[3]));
  }

  void shown(VideoState state, int attempt, long items) {
    shown.add(new RunSnapshot.Shown(TARGET, state, attempt, items));
  }

  void submittedJob(String id, Instant at) {
    ImportTarget target = ImportTarget.of(Provider.S3, "drive-data", null, null, "user", false);
    openJobs.add(
        JobStatus.builder()
            .setBatchId("batch-" + id)
            .setImportJobId(id)
            .setRunId("r-1")
            .setTarget(target)
            .setRequested(1_000)
            .setUploaded(0)
            .setFailed(0)
            .setMissing(0)
            .setAttempt(1)
            .setUnknownSubmits(0)
            .setPlannedAt(at.toEpochMilli())
            .setSubmittedAt(at.toEpochMilli())
            .inState(JobState.SUBMITTED, at));
  }

  void ended(RunState state) {
    run =
        run.toBuilder().setState(state).setFinishedAt(NOW.minusSeconds(600).toEpochMilli()).build();
  }

  /** It has not been heard of for ten minutes. */
  void silent() {
    run = run.toBuilder().setAliveAt(NOW.minusSeconds(600).toEpochMilli()).build();
  }

  RunProgress progress() {
    return RunProgress.of(
        new RunSnapshot(
            run,
            NOW,
            counts,
            batches,
            shown,
            finished,
            firstSentAt,
            openJobs,
            signs,
            lane,
            spent,
            events),
        NOW);
  }
}
