package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane of a stream: submits what it has gathered, awaits its jobs, tries failed items again.
 */
final class StreamLane {
  private static final Logger LOG = LoggerFactory.getLogger(StreamLane.class);

  /** So that new entries are not kept waiting for the pages of old ones. */
  private static final int LOOKS_AT_A_TIME = 16;

  /** The same, where requests have to be sent again and again. */
  private static final Duration LOOKING_AT_A_TIME = Duration.ofSeconds(1);

  /** So that a long backlog keeps neither the jobs waiting nor the runner, which can't stop it. */
  private static final Duration SENDING_AT_A_TIME = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** A call that has to wait for longer waits by a timer: a runner's thread has other lanes too. */
  static final Duration LONGEST_CALL = Duration.ofSeconds(1);

  /** How long what could not be sent waits, once it has been tried some times. */
  private static final Duration LATER = Duration.ofSeconds(30);

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int TRIES_SOON = 5;

  private final NomadicApiFactory apis;
  private final NomadicApi api;
  private final int number;
  private final Ledger ledger;
  private final Clock clock;
  private final String runId;
  private final StreamSettings settings;
  private final AwaitPolicy policy;
  private final LaneReader reader;
  private final LanePlanner planner;
  private final FolderBook folders = new FolderBook();
  private final IntegrationBook integrations = new IntegrationBook();
  private int sendsInVain;

  /**
   * @param api as lane {@code number} may use it
   */
  StreamLane(
      NomadicApiFactory apis,
      NomadicApi api,
      int number,
      Ledger ledger,
      Clock clock,
      String runId,
      StreamSettings settings) {
    this.apis = apis;
    this.api = api;
    this.number = number;
    this.ledger = ledger;
    this.clock = clock;
    this.runId = runId;
    this.settings = settings;
    this.policy = new AwaitPolicy(settings.awaitTimeout(), settings.rowsAPage());
    this.reader =
        new LaneReader(apis, new JobReader(api, settings.pageSize()), policy, clock, false);
    this.planner =
        new LanePlanner(
            ledger,
            clock,
            runId,
            settings.onUnknown(),
            settings.batchSize(),
            settings.maxAttempts());
  }

  /**
   * What became of entries.
   *
   * @param submitted accepted batches
   * @param rows of all that were sent, and of those that can't be
   * @param later entries that could not be sent now
   * @param ended ids of batches that were refused
   * @param more whether later entries only wait for their turn
   */
  record Sent(
      List<TrackedBatch> submitted,
      List<VideoStatus> rows,
      List<ManifestEntry> later,
      List<String> ended,
      OpenJobs open,
      boolean more) {}

  /**
   * What the jobs showed.
   *
   * @param ended ids of batches whose jobs have come to their end
   * @param pause until the next look
   */
  record Looked(List<JobPage> pages, List<String> ended, OpenJobs open, Duration pause) {}

  /** How long the lane's next request has to wait for the quota. */
  Duration untilNextRequest() {
    Instant now = clock.instant();
    Duration wait = Duration.between(now, apis.nextRequestAt(number, now));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** When what is left of {@code sent} is to be sent. */
  Duration untilNextSend(Sent sent) {
    sendsInVain = sent.submitted().isEmpty() ? sendsInVain + 1 : 0;
    Duration wait = untilNextRequest();
    if (sent.more()) {
      return wait;
    }
    return Comparators.max(wait, sendsInVain < TRIES_SOON ? SOON : LATER);
  }

  /** Plans entries, and sends what is to be sent. */
  Sent send(List<ManifestEntry> entries, OpenJobs open) {
    Sent sent =
        new Sent(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            open,
            false);
    try {
      LanePlanner.Plan plan =
          planner.plan(
              entries, open.batchIds(), integrations.forAll(entries, api, clock.instant()));
      sent.rows().addAll(plan.rows());
      return send(plan, sent);
    } catch (ApiException e) {
      refusedOrLater(e, "the saved integrations can't be listed");
    } catch (RequestsEndedException e) {
      LOG.debug("Nothing is sent now: {}", e.getMessage());
    }
    sent.later().addAll(entries);
    return sent;
  }

  private Sent send(LanePlanner.Plan plan, Sent sent) {
    BatchSubmitter submitter =
        new BatchSubmitter(apis, api, ledger, clock, runId, settings.onUnknown(), 1);
    OpenJobs open = sent.open();
    for (TrackedBatch batch : plan.submitted()) {
      sent.submitted().add(batch);
      open = open.with(new ToImportJob().apply(batch), policy, clock.instant());
    }
    List<Submission> submissions = new ArrayList<>();
    Instant until = clock.instant().plus(SENDING_AT_A_TIME);
    boolean more = false;
    for (TrackedBatch batch : plan.unsent()) {
      // It is in the tables, and found there again.
      more |= !submissions.isEmpty() && isToPause(until);
      if (more) {
        sent.later().addAll(entries(batch));
        continue;
      }
      ImportTarget target = batch.getBatch().getTarget();
      try {
        submissions.addAll(submitter.submit(batch, folders.of(target, api)));
      } catch (ApiException e) {
        refusedOrLater(e, "folder '" + target.getFolder() + "' can't be looked up now");
        sent.later().addAll(entries(batch));
      } catch (RequestsEndedException e) {
        sent.later().addAll(entries(batch));
      }
    }
    submissions.addAll(submitter.end());
    for (Submission submission : submissions) {
      TrackedBatch batch = submission.batch();
      sent.rows().addAll(submission.rows());
      if (submission.isAccepted()) {
        sent.submitted().add(batch);
        open = open.with(new ToImportJob().apply(batch), policy, clock.instant());
      } else if (isToBeSentLater(batch.getJob().getState())) {
        // Counted as left open by now: they come in once more.
        ImportMetrics.counter(ImportMetrics.RESUMED).inc(batch.getBatch().getItems().size());
        sent.later().addAll(entries(batch));
      } else {
        sent.ended().add(batch.getBatch().getBatchId());
      }
    }
    return new Sent(sent.submitted(), sent.rows(), sent.later(), sent.ended(), open, more);
  }

  private boolean isToPause(Instant until) {
    return clock.instant().isAfter(until) || !untilNextRequest().isZero();
  }

  private boolean isToBeSentLater(JobState state) {
    return state == JobState.PLANNED
        || (state == JobState.SUBMIT_UNKNOWN && settings.onUnknown() == OnUnknownSubmit.RESEND);
  }

  private void refusedOrLater(ApiException e, String what) {
    if (e.isAccountRefusal()) {
      ImportMetrics.counter(ImportMetrics.ACCOUNT_REFUSALS).inc();
      apis.stop(ImportRefusedException.of(e).getMessage());
    } else if (!(e instanceof HeldBackException)) {
      LOG.warn("{}: {}", what, e.getMessage());
    }
  }

  /** Takes the next steps with the open jobs. */
  Looked look(OpenJobs jobs) {
    OpenJobs open = jobs;
    List<JobPage> pages = new ArrayList<>();
    Duration pause = Duration.ZERO;
    Instant until = clock.instant().plus(LOOKING_AT_A_TIME);
    for (int looks = 0;
        looks < LOOKS_AT_A_TIME
            && !open.isEmpty()
            && pause.isZero()
            && !clock.instant().isAfter(until);
        looks++) {
      pause = untilNextRequest();
      if (pause.isZero()) {
        LaneReader.Reading reading = reader.read(open.jobs(), open.progress());
        pages.addAll(reading.pages());
        pause = reading.pause();
        open = open.after(reading.after(), policy);
      }
    }
    List<String> ended =
        pages.stream()
            .filter(page -> page.getEnd() != null && page.getEnd() != JobState.SUBMITTED)
            .map(JobPage::getBatchId)
            .toList();
    return new Looked(pages, ended, open, Comparators.min(pause, LONGEST_PAUSE));
  }

  /**
   * The items of a batch that has ended which are to be tried again, as entries.
   *
   * @return empty as long as not all rows say what became of them; a row that stays open says why
   */
  Optional<List<ManifestEntry>> failures(String batchId) {
    List<VideoStatus> rows = ledger.videosOf(batchId);
    if (!rows.stream().allMatch(row -> row.getState().isFinal() || row.getErrorCode() != null)) {
      return Optional.empty();
    }
    String integration =
        ledger.job(batchId).map(job -> job.getTarget().getIntegrationId()).orElse(null);
    List<ManifestEntry> failures =
        rows.stream()
            .filter(row -> row.getState().isFailure())
            .filter(row -> row.getAttempt() < settings.maxAttempts())
            .map(row -> ResumeEntries.entry(row, integration))
            .toList();
    ImportMetrics.counter(ImportMetrics.RESUMED).inc(failures.size());
    return Optional.of(failures);
  }

  private static List<ManifestEntry> entries(TrackedBatch batch) {
    ImportTarget target = batch.getBatch().getTarget();
    return batch.rows(VideoState.PENDING, null, null, "", Instant.EPOCH).stream()
        .map(row -> ResumeEntries.entry(row, target.getIntegrationId()))
        .toList();
  }
}
