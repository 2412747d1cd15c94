package com.nomadicml.beam.imports;

import static java.util.stream.Collectors.toSet;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what one lane of a stream has gathered. What can't be sent now is handed back, to come
 * again.
 */
final class LaneSender {
  private static final Logger LOG = LoggerFactory.getLogger(LaneSender.class);

  /** So that a long backlog keeps neither the jobs waiting nor the runner, which can't stop it. */
  private static final Duration SENDING_AT_A_TIME = Duration.ofSeconds(5);

  /** Until the integrations are asked for again, where that failed. */
  private static final Duration LATER = Duration.ofSeconds(30);

  private final NomadicApiFactory apis;
  private final NomadicApi api;
  private final int number;
  private final Ledger ledger;
  private final Clock clock;
  private final String runId;
  private final StreamSettings settings;
  private final boolean comesAgain;
  private final AwaitPolicy policy;
  private final LanePlanner planner;
  private final FolderBook folders = new FolderBook();
  private final IntegrationBook integrations = new IntegrationBook();
  private final SendRetries retries = new SendRetries();

  /**
   * @param api as lane {@code number} may use it
   * @param comesAgain whether what is handed back does come again
   */
  LaneSender(
      NomadicApiFactory apis,
      NomadicApi api,
      int number,
      Ledger ledger,
      Clock clock,
      String runId,
      StreamSettings settings,
      boolean comesAgain) {
    this.apis = apis;
    this.api = api;
    this.number = number;
    this.ledger = ledger;
    this.clock = clock;
    this.runId = runId;
    this.settings = settings;
    this.comesAgain = comesAgain;
    this.policy = new AwaitPolicy(settings.awaitTimeout(), settings.rowsAPage());
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
   * @param pause until later entries are to be sent
   */
  record Sent(
      List<TrackedBatch> submitted,
      List<VideoStatus> rows,
      List<ManifestEntry> later,
      List<String> ended,
      OpenJobs open,
      Duration pause) {}

  /** How long the lane's next request has to wait for the quota. */
  Duration untilNextRequest() {
    Instant now = clock.instant();
    Duration wait = Duration.between(now, apis.nextRequestAt(number, now));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** Plans entries, and sends what is to be sent. */
  Sent send(List<ManifestEntry> entries, OpenJobs open) {
    try {
      LanePlanner.Plan plan =
          planner.plan(
              entries, open.batchIds(), integrations.forAll(entries, () -> api, clock.instant()));
      return send(plan, open);
    } catch (HeldBackException e) {
      logTrouble(e, "the saved integrations can't be listed now");
      return unsent(entries, open, untilNextRequest());
    } catch (ApiException e) {
      refusedOrLater(e, "the saved integrations can't be listed");
    } catch (RequestsEndedException e) {
      LOG.debug("Nothing is sent now: {}", VisibleText.of(e.getMessage()));
    }
    return unsent(entries, open, LATER);
  }

  private static Sent unsent(List<ManifestEntry> entries, OpenJobs open, Duration pause) {
    return new Sent(List.of(), List.of(), entries, List.of(), open, pause);
  }

  private Sent send(LanePlanner.Plan plan, OpenJobs before) {
    BatchSubmitter submitter =
        new BatchSubmitter(apis, api, ledger, clock, runId, settings.onUnknown(), comesAgain);
    OpenJobs open = before;
    List<TrackedBatch> submitted = new ArrayList<>();
    for (TrackedBatch batch : plan.submitted()) {
      submitted.add(batch);
      open = open.with(new ToImportJob().apply(batch), policy, clock.instant());
    }
    // What stays unsent is in the tables, and found there again.
    List<ManifestEntry> later = new ArrayList<>();
    List<Submission> submissions = new ArrayList<>();
    retries.keepOnly(
        plan.unsent().stream().map(batch -> batch.getBatch().getBatchId()).collect(toSet()));
    Instant until = clock.instant().plus(SENDING_AT_A_TIME);
    boolean more = false;
    boolean any = false;
    for (TrackedBatch batch : inOrder(plan.unsent())) {
      String batchId = batch.getBatch().getBatchId();
      if (!retries.isDue(batchId, clock.instant())) {
        later.addAll(entries(batch));
        continue;
      }
      more |= comesAgain && any && isToPause(until);
      if (more) {
        later.addAll(entries(batch));
        continue;
      }
      any = true;
      ImportTarget target = batch.getBatch().getTarget();
      try {
        submissions.addAll(submitter.submit(batch, folders.of(target, api)));
      } catch (ApiException e) {
        refusedOrLater(e, "folder '" + target.getFolder() + "' can't be looked up now");
        retries.cameBack(batchId, clock.instant());
        later.addAll(entries(batch));
      } catch (RequestsEndedException e) {
        retries.cameBack(batchId, clock.instant());
        later.addAll(entries(batch));
      }
    }
    submissions.addAll(submitter.end());
    List<VideoStatus> rows = new ArrayList<>(plan.rows());
    List<String> ended = new ArrayList<>();
    for (Submission submission : submissions) {
      TrackedBatch batch = submission.batch();
      String batchId = batch.getBatch().getBatchId();
      rows.addAll(submission.rows());
      if (isToBeSentLater(batch.getJob().getState())) {
        retries.cameBack(batchId, clock.instant());
        later.addAll(entries(batch));
        continue;
      }
      retries.done(batchId);
      if (submission.isAccepted()) {
        submitted.add(batch);
        open = open.with(new ToImportJob().apply(batch), policy, clock.instant());
      } else {
        ended.add(batchId);
      }
    }
    Duration pause = untilNextRequest();
    if (!more) {
      pause = Comparators.max(pause, retries.untilNext(clock.instant()));
    }
    return new Sent(submitted, rows, later, ended, open, pause);
  }

  /** Those that always come back last, else in the order of their planning. */
  private List<TrackedBatch> inOrder(List<TrackedBatch> batches) {
    return batches.stream()
        .sorted(Comparator.comparing(batch -> retries.isLast(batch.getBatch().getBatchId())))
        .toList();
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
    } else {
      logTrouble(e, what);
    }
  }

  /** The lane's own quota is no trouble. */
  private static void logTrouble(ApiException e, String what) {
    if (!(e instanceof HeldBackException) || e.status() != 0) {
      LOG.warn("{}: {}", VisibleText.of(what), VisibleText.of(e.getMessage()));
    }
  }

  private static List<ManifestEntry> entries(TrackedBatch batch) {
    ImportTarget target = batch.getBatch().getTarget();
    return batch.rows(VideoState.PENDING, null, null, "", Instant.EPOCH).stream()
        .map(row -> ResumeEntries.entry(row, target.getIntegrationId()))
        .toList();
  }
}
