package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class JobLogTest {
  private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

  private final Logger logger = Logger.getLogger(JobLog.class.getName());
  private final Lines lines = new Lines();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    logger.addHandler(lines);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(lines);
    logger.setLevel(null);
  }

  @Test
  void aFinishedJobIsOneLine() {
    JobLog.ended(
        job()
            .setImportJobId("ij_1")
            .setSubmittedAt(AT.toEpochMilli())
            .setCompletedAt(AT.plusSeconds(90).toEpochMilli())
            .setUploaded(2)
            .setFailed(1)
            .inState(JobState.COMPLETED, AT));

    assertThat(lines.texts)
        .containsExactly(
            "job state=COMPLETED batch_id=b-1 request_id=b-1 import_job_id=\"ij_1\" requested=3"
                + " uploaded=2 failed=1 missing=0 unknown_submits=0 seconds=90 error=\"\"");
    assertThat(lines.jobIds).containsExactly("ij_1");
    assertThat(MDC.get("import_job_id")).isNull();
  }

  @Test
  void whatTheApiSaysStaysInOneLineAndInQuotes() {
    JobLog.ended(job().setErrorMessage("no\nbatch_id=\"other\"").inState(JobState.REFUSED, AT));

    assertThat(lines.texts)
        .singleElement()
        .asString()
        .contains("import_job_id=\"\" ", "seconds= ")
        .endsWith("error=\"no\\nbatch_id=\\\"other\\\"\"");
  }

  private static JobStatus.Builder job() {
    return JobStatus.builder()
        .setBatchId("b-1")
        .setRunId("run")
        .setTarget(ImportTarget.of(Provider.S3, "fleet", null, null, "user", false))
        .setRequested(3)
        .setUploaded(0)
        .setFailed(0)
        .setMissing(0)
        .setUnknownSubmits(0)
        .setAttempt(1)
        .setPlannedAt(AT.toEpochMilli());
  }

  private static final class Lines extends Handler {
    private final List<String> texts = new ArrayList<>();
    private final List<String> jobIds = new ArrayList<>();

    @Override
    public void publish(LogRecord line) {
      texts.add(new SimpleFormatter().formatMessage(line));
      jobIds.add(MDC.get("import_job_id"));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
