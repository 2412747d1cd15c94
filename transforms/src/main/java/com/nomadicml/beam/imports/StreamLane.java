package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One lane of a stream: sends what it has gathered, awaits its jobs, tries failed items again. */
final class StreamLane {
  /** So that new entries are not kept waiting for the pages of old ones. */
  private static final int LOOKS_AT_A_TIME = 16;

  /** The same, where requests have to be sent again and again. */
  private static final Duration LOOKING_AT_A_TIME = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** A call that has to wait for longer waits by a timer: a runner's thread has other lanes too. */
  private static final Duration LONGEST_CALL = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Clock clock;
  private final StreamSettings settings;
  private final AwaitPolicy policy;
  private final LaneReader reader;
  private final LaneSender sender;

  StreamLane(
      NomadicApiFactory apis,
      int number,
      Ledger ledger,
      Clock clock,
      String runId,
      StreamSettings settings) {
    NomadicApi api = apis.open(number, LONGEST_CALL);
    this.ledger = ledger;
    this.clock = clock;
    this.settings = settings;
    this.policy = new AwaitPolicy(settings.awaitTimeout(), settings.rowsAPage());
    this.reader =
        new LaneReader(apis, new JobReader(api, settings.pageSize()), policy, clock, false);
    this.sender = new LaneSender(apis, api, number, ledger, clock, runId, settings, true);
  }

  LaneSender sender() {
    return sender;
  }

  /**
   * What the jobs showed.
   *
   * @param ended ids of batches whose jobs have come to their end
   * @param pause until the next look
   */
  record Looked(List<JobPage> pages, List<String> ended, OpenJobs open, Duration pause) {}

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
      pause = sender.untilNextRequest();
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
}
