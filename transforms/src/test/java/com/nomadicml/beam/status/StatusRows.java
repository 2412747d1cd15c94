package com.nomadicml.beam.status;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Instant;
import java.util.Map;

/** Rows that tests write. */
final class StatusRows {
  static final Instant AT = Instant.parse("2026-11-24T10:00:00.123Z");

  private StatusRows() {}

  static VideoStatus.Builder video(String destination, String uri) {
    return VideoStatus.builder()
        .setDestination(destination)
        .setSourceUri(uri)
        .setProvider("gcs")
        .setBucket("fleet")
        .setManifest("manifest.txt")
        .setLine(7)
        .setRunId("run-1")
        .setBatchId("batch-1")
        .setAttempt(1);
  }

  static VideoStatus full(String destination, String uri) {
    return video(destination, uri)
        .setViews(Map.of("front", uri, "left", "gs://fleet/left \"1\".mp4"))
        .setLabels(Map.of("vehicle", "truck \"7\"", "drive", "d,1"))
        .setIntegrationId("int-1")
        .setImportJobId("job-1")
        .setVideoId("video-1")
        .setVideoIds(Map.of("set", "set-1", "front", "video-1", "left", "left \"1\""))
        .setApiStatus("UPLOADED")
        .setErrorCode("CODE")
        .setErrorMessage("it's a \"message\"; DROP TABLE import_videos; --")
        .inState(VideoState.UPLOADED, AT);
  }

  static JobStatus.Builder job(String batchId, String folder) {
    ImportTarget target = ImportTarget.of(Provider.S3, "fleet", null, folder, "user", false);
    return JobStatus.builder()
        .setBatchId(batchId)
        .setRunId("run-1")
        .setTarget(target)
        .setRequested(3)
        .setUploaded(0)
        .setFailed(0)
        .setMissing(0)
        .setAttempt(1)
        .setUnknownSubmits(0)
        .setPlannedAt(AT.toEpochMilli());
  }

  static JobStatus planned(String batchId, String folder) {
    return job(batchId, folder).inState(JobState.PLANNED, AT);
  }

  static RunStatus run(String runId, Instant start, long requests) {
    return RunStatus.started(runId, "manifest.txt", "--batchSize=1000", start).toBuilder()
        .setRequests(requests)
        .setRequestsOnDay(requests)
        .build();
  }
}
