package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.ScriptedServer;
import com.nomadicml.beam.api.ScriptedServer.Answer;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of batches whose requests are answered with trouble. */
class BatchSubmitterTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC);
  private static final Answer OUTAGE = Answer.of(502, "Bad Gateway");
  private static final Answer DENIED = Answer.of(403, "{\"detail\":\"Access denied\"}");
  private static final Answer TAKEN = Answer.of(200, "{\"import_job_id\":\"ij_1\"}");

  private final ScriptedServer server = new ScriptedServer();
  private final Api api = new Api();
  private final List<JobStatus> journal = new ArrayList<>();
  private final List<String> outcomes = new ArrayList<>();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aRequestInDoubtIsSentAgainWithItsKey() {
    server.times(4, OUTAGE).then(TAKEN);
    submit(OnUnknownSubmit.RESEND, batch("b", 1));
    assertThat(outcomes).containsExactly("b SUBMITTED null");
    assertThat(server.requests()).extracting(r -> r.header("Idempotency-Key")).hasSize(5);
    assertThat(server.requests().stream().map(r -> r.header("Idempotency-Key")).distinct())
        .hasSize(1);
    assertThat(journal).last().extracting(JobStatus::getUnknownSubmits).isEqualTo(4);
  }

  @Test
  void anOutageIsWaitedOutOnceAndThenLeftToTheNextRun() {
    server.times(100, OUTAGE);
    TrackedBatch[] batches = new TrackedBatch[25];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = batch("b", i);
    }
    submit(OnUnknownSubmit.RESEND, batches);
    assertThat(server.requests()).hasSize(5 + 19);
    assertThat(outcomes.subList(0, 20)).containsOnly("b SUBMIT_UNKNOWN SUBMIT_UNKNOWN");
    assertThat(outcomes.subList(20, 25)).containsOnly("b PENDING NOT_SENT");
  }

  @Test
  void anAnswerEndsAnOutage() {
    server.times(5, OUTAGE).then(TAKEN).times(2, OUTAGE).then(TAKEN);
    submit(OnUnknownSubmit.RESEND, batch("b", 1), batch("b", 2), batch("b", 3));
    assertThat(outcomes)
        .containsExactly("b SUBMIT_UNKNOWN SUBMIT_UNKNOWN", "b SUBMITTED null", "b SUBMITTED null");
  }

  @Test
  void aRefusalAfterADoubtIsNotTheLastWord() {
    server.then(OUTAGE).then(409, "{\"detail\":\"Duplicate request\"}");
    submit(OnUnknownSubmit.RESEND, batch("b", 1));
    assertThat(outcomes).containsExactly("b SUBMIT_UNKNOWN SUBMIT_UNKNOWN");
    assertThat(journal)
        .last()
        .extracting(JobStatus::getErrorMessage)
        .asString()
        .contains("Duplicate request");
  }

  @Test
  void aDoubtThatCannotBeClearedNowShowsInTheRows() {
    server.then(OUTAGE).times(10, Answer.of(429, ""));
    submit(OnUnknownSubmit.RESEND, batch("b", 1));
    assertThat(outcomes).containsExactly("b SUBMIT_UNKNOWN SUBMIT_UNKNOWN");
  }

  @Test
  void aHeldRequestIsSentOnce() {
    server.then(OUTAGE).then(TAKEN);
    submit(OnUnknownSubmit.HOLD, batch("b", 1), batch("b", 2));
    assertThat(outcomes).containsExactly("b SUBMIT_UNKNOWN SUBMIT_UNKNOWN", "b SUBMITTED null");
  }

  @Test
  void whatComesAgainIsSentOnceAndLeftAsItIs() {
    server.then(OUTAGE).then(OUTAGE).then(503, "busy", "Retry-After", "900").then(TAKEN);
    BatchSubmitter submitter = newSubmitter(OnUnknownSubmit.RESEND, true);
    TrackedBatch batch = batch("b", 1);

    Submission first = only(submitter.submit(batch, null));
    assertThat(first.rows())
        .singleElement()
        .extracting(VideoStatus::getState)
        .isEqualTo(VideoState.SUBMIT_UNKNOWN);
    Submission second = only(submitter.submit(first.batch(), null));
    Submission third = only(submitter.submit(second.batch(), null));
    assertThat(third.rows()).isEmpty();
    assertThat(third.batch().getJob().getState()).isEqualTo(JobState.SUBMIT_UNKNOWN);
    assertThat(third.batch().getJob().getErrorMessage()).contains("Bad Gateway");
    assertThat(server.requests()).hasSize(3);

    assertThat(only(submitter.submit(third.batch(), null)).isAccepted()).isTrue();
    assertThat(journal).extracting(JobStatus::getUnknownSubmits).containsExactly(1, 2, 2);
  }

  @Test
  void aBareDenialIsTheTargetsWhenAnotherIsTaken() {
    server.then(DENIED).then(TAKEN).then(DENIED);
    submit(
        OnUnknownSubmit.RESEND,
        batch("foreign", 1),
        batch("foreign", 2),
        batch("ours", 1),
        batch("other", 1));
    assertThat(outcomes)
        .containsExactly(
            "foreign REFUSED REQUEST_REFUSED",
            "foreign REFUSED REQUEST_REFUSED",
            "ours SUBMITTED null",
            "other REFUSED REQUEST_REFUSED");
    assertThat(api.stopReason()).isEmpty();
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void bareDenialsOfAllTargetsAreTheAccounts() {
    server.times(2, DENIED);
    submit(OnUnknownSubmit.RESEND, batch("a", 1), batch("b", 1));
    assertThat(outcomes).containsExactly("a PENDING ACCOUNT_REFUSED", "b PENDING ACCOUNT_REFUSED");
    assertThat(api.stopReason()).get().asString().contains("(403: Access denied)", "run again");
    assertThat(journal).extracting(JobStatus::getState).doesNotContain(JobState.REFUSED);
  }

  @Test
  void bareDenialsOfManyTargetsAreNotWaitedFor() {
    server.times(20, DENIED);
    TrackedBatch[] batches = new TrackedBatch[10];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = batch("b" + i, 1);
    }
    submitter(OnUnknownSubmit.RESEND, batches);
    assertThat(api.stopReason()).isPresent();
    assertThat(outcomes).hasSize(10).allMatch(row -> row.endsWith("PENDING ACCOUNT_REFUSED"));
  }

  @Test
  void anAccountThatIsRefusedStopsTheRunAtOnce() {
    server.then(TAKEN).then(402, "{\"detail\":\"free trial\"}");
    submitter(OnUnknownSubmit.RESEND, batch("a", 1), batch("a", 2));
    assertThat(outcomes).containsExactly("a SUBMITTED null", "a PENDING ACCOUNT_REFUSED");
    assertThat(api.stopReason()).get().asString().contains("402", "upgrade");
  }

  private void submit(OnUnknownSubmit onUnknown, TrackedBatch... batches) {
    submitter(onUnknown, batches).end().forEach(this::record);
  }

  private BatchSubmitter submitter(OnUnknownSubmit onUnknown, TrackedBatch... batches) {
    BatchSubmitter submitter = newSubmitter(onUnknown, false);
    for (TrackedBatch batch : batches) {
      submitter.submit(batch, null).forEach(this::record);
    }
    return submitter;
  }

  private BatchSubmitter newSubmitter(OnUnknownSubmit onUnknown, boolean comesAgain) {
    return new BatchSubmitter(
        api, api.open(0), new Journal(journal), CLOCK, "run", onUnknown, comesAgain);
  }

  private static Submission only(List<Submission> submissions) {
    assertThat(submissions).hasSize(1);
    return submissions.get(0);
  }

  private void record(Submission submission) {
    VideoStatus row = submission.rows().get(0);
    outcomes.add(
        submission.batch().getBatch().getTarget().getBucket()
            + " "
            + row.getState()
            + " "
            + row.getErrorCode());
  }

  private static TrackedBatch batch(String bucket, int number) {
    ImportItem item =
        ImportItem.of("s3://" + bucket + "/" + number + ".mp4", Map.of(), "m.txt", number);
    ImportBatch batch =
        ImportBatch.of(
            ImportTarget.of(Provider.S3, bucket, null, null, "user", false), List.of(item), 1);
    return TrackedBatch.of(batch, JobStatus.planned(batch, "run", CLOCK.instant()));
  }

  /** Opens clients that wait for nothing. */
  private final class Api implements NomadicApiFactory {
    private static final long serialVersionUID = 1L;
    private String stopReason;

    @Override
    public NomadicApi open(int lane, Duration longestWait) {
      return HttpNomadicApi.builder(server.url(), "key").sleeper(wait -> {}).build();
    }

    @Override
    public void stop(String reason) {
      stopReason = stopReason == null ? reason : stopReason;
    }

    @Override
    public Optional<String> stopReason() {
      return Optional.ofNullable(stopReason);
    }
  }

  private record Journal(List<JobStatus> jobs) implements JobJournal {
    @Override
    public void recordJob(JobStatus job) {
      jobs.add(job);
    }

    @Override
    public void recordVideos(List<VideoStatus> rows) {}

    @Override
    public List<JobStatus> submittedBy(String runId) {
      return List.of();
    }
  }
}
