package com.nomadicml.beam.imports;

import com.google.common.collect.Streams;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.imports.AwaitPolicy.Look;
import com.nomadicml.beam.imports.AwaitPolicy.Step;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.SeenVideo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls import jobs until each is ready or overdue. Takes the jobs; yields what their pages showed,
 * as each is read, the last page of a job marked as its end.
 *
 * <p>The jobs of a lane are polled together by one splittable element, which resumes with a delay.
 * It can be cut off and started again at any point: a page that was read twice says the same.
 */
public final class AwaitImports extends PTransform<PCollection<ImportJob>, PCollection<JobPage>> {
  /** A page size: as many rows as the API grants. */
  public static final int AUTO_PAGE_SIZE = 0;

  /** The API's own page size (contract, section 4.7). */
  public static final int USUAL_PAGE_SIZE = 500;

  private static final Logger LOG = LoggerFactory.getLogger(AwaitImports.class);

  private final NomadicApiFactory api;
  private final Clock clock;
  private final Duration timeout;
  private final int pageSize;
  private final int lanes;
  private final boolean firstSuccess;

  private AwaitImports(
      NomadicApiFactory api,
      Clock clock,
      Duration timeout,
      int pageSize,
      int lanes,
      boolean firstSuccess) {
    this.api = api;
    this.clock = clock;
    this.timeout = timeout;
    this.pageSize = pageSize;
    this.lanes = lanes;
    this.firstSuccess = firstSuccess;
  }

  /** Polls through {@code api} in one lane, for six hours at most, 500 rows a page. */
  public static AwaitImports through(NomadicApiFactory api, Clock clock) {
    return new AwaitImports(api, clock, Duration.ofHours(6), 500, 1, false);
  }

  /** How long after its submission a job is waited for. */
  public AwaitImports withTimeout(Duration timeout) {
    return new AwaitImports(api, clock, timeout, pageSize, lanes, firstSuccess);
  }

  /** How many rows a page is asked for, or {@link #AUTO_PAGE_SIZE}; the API may show fewer. */
  public AwaitImports withPageSize(int pageSize) {
    if (pageSize < AUTO_PAGE_SIZE) {
      throw new IllegalArgumentException("a page has at least 1 row, not " + pageSize);
    }
    return new AwaitImports(api, clock, timeout, pageSize, lanes, firstSuccess);
  }

  public AwaitImports withLanes(int lanes) {
    return new AwaitImports(api, clock, timeout, pageSize, lanes, firstSuccess);
  }

  /** Ends a job as soon as one of its items is uploaded: enough to know that its target works. */
  public AwaitImports untilFirstSuccess() {
    return new AwaitImports(api, clock, timeout, pageSize, lanes, true);
  }

  @Override
  public PCollection<JobPage> expand(PCollection<ImportJob> jobs) {
    int lanes = this.lanes;
    return jobs.apply(
            "KeyByLane",
            WithKeys.of((ImportJob job) -> Lane.of(job.getBatchId(), lanes))
                .withKeyType(TypeDescriptors.integers()))
        .apply("GroupLanes", GroupByKey.create())
        .apply("Lanes", MapElements.via(new ToLane()))
        .apply("Poll", ParDo.of(new PollFn(api, clock, timeout, pageSize, firstSuccess)));
  }

  private static class ToLane extends SimpleFunction<KV<Integer, Iterable<ImportJob>>, Lane> {
    private static final long serialVersionUID = 1L;

    @Override
    public Lane apply(KV<Integer, Iterable<ImportJob>> lane) {
      List<ImportJob> jobs =
          Streams.stream(lane.getValue())
              .sorted(
                  Comparator.comparing(ImportJob::getSubmittedAt)
                      .thenComparing(ImportJob::getBatchId))
              .toList();
      return Lane.of(lane.getKey(), jobs);
    }
  }

  @DoFn.BoundedPerElement
  private static class PollFn extends DoFn<Lane, JobPage> {
    private static final long serialVersionUID = 1L;

    /** Requests between two checkpoints: what they showed is in the tables that soon. */
    private static final int LOOKS_PER_BUNDLE = 16;

    private static final int NOT_FOUND = 404;
    private static final Duration NOT_FOUND_GRACE = Duration.ofSeconds(60);

    private final NomadicApiFactory api;
    private final Clock clock;
    private final Duration timeout;
    private final int pageSize;
    private final boolean firstSuccess;
    private transient Map<Integer, JobReader> readers;
    private transient AwaitPolicy policy;

    PollFn(
        NomadicApiFactory api, Clock clock, Duration timeout, int pageSize, boolean firstSuccess) {
      this.api = api;
      this.clock = clock;
      this.timeout = timeout;
      this.pageSize = pageSize;
      this.firstSuccess = firstSuccess;
    }

    @Setup
    public void setup() {
      readers = new HashMap<>();
      policy = policy();
    }

    private AwaitPolicy policy() {
      return new AwaitPolicy(timeout, pageSize == AUTO_PAGE_SIZE ? USUAL_PAGE_SIZE : pageSize);
    }

    @GetInitialRestriction
    public LaneProgress start(@Element Lane lane) {
      return policy().start(lane.getJobs(), clock.instant());
    }

    @GetRestrictionCoder
    public Coder<LaneProgress> restrictionCoder() {
      return new LaneProgressCoder();
    }

    @NewTracker
    public LaneTracker tracker(@Restriction LaneProgress progress) {
      return new LaneTracker(progress);
    }

    @ProcessElement
    public ProcessContinuation poll(
        @Element Lane lane,
        RestrictionTracker<LaneProgress, LaneProgress> tracker,
        OutputReceiver<JobPage> out) {
      JobReader reader =
          readers.computeIfAbsent(lane.getNumber(), n -> new JobReader(api.open(n), pageSize));
      for (int looks = 0; looks < LOOKS_PER_BUNDLE; looks++) {
        LaneProgress progress = tracker.currentRestriction();
        if (progress.isDone()) {
          return ProcessContinuation.stop();
        }
        Step step = policy.next(progress, clock.instant());
        if (step.isWait()) {
          return ProcessContinuation.resume()
              .withResumeDelay(org.joda.time.Duration.millis(step.pause().toMillis()));
        }
        List<JobPage> pages = new ArrayList<>();
        LaneProgress after;
        try {
          after = look(reader, lane, progress, step, pages);
        } catch (QuotaSpentException e) {
          after = pause(lane, progress, e, pages);
        }
        if (!tracker.tryClaim(after)) {
          return ProcessContinuation.stop();
        }
        pages.forEach(out::output);
      }
      return ProcessContinuation.resume();
    }

    /** Reads one page, and adds what it showed to {@code pages}. */
    private LaneProgress look(
        JobReader reader, Lane lane, LaneProgress before, Step step, List<JobPage> pages) {
      int index = step.job();
      ImportJob job = lane.getJobs().get(index);
      try {
        Look look = reader.read(job, step.cursor());
        Instant now = clock.instant();
        LaneProgress after = policy.after(before, index, job, step.cursor(), look, now);
        JobProgress progress = after.job(index);
        boolean enough = firstSuccess && look.hasSuccess();
        // An overdue job gets its pass to the end, so that nothing shown is called missing.
        boolean late = policy.isOverdue(job, now) && progress.pass() == null;
        if (progress.done() || enough) {
          pages.add(page(job, progress, look.videos(), JobState.COMPLETED, null));
        } else if (late && !progress.known() && look.nextCursor() != null) {
          String reason = "its pages could not be read to the end";
          pages.add(page(job, progress, look.videos(), JobState.SUBMITTED, reason));
        } else if (late) {
          String reason = "not finished " + timeout + " after its submission";
          pages.add(page(job, progress, look.videos(), JobState.INCOMPLETE, reason));
        } else {
          pages.add(page(job, progress, look.videos(), null, null));
          return after.with(index, progress.looked());
        }
        return after.with(index, progress.looked().ended());
      } catch (ApiException e) {
        return failed(lane, before, index, e, pages);
      }
    }

    private LaneProgress failed(
        Lane lane, LaneProgress before, int index, ApiException e, List<JobPage> pages) {
      if (e.isAccountRefusal()) {
        throw ImportRefusedException.of(e);
      }
      ImportJob job = lane.getJobs().get(index);
      Instant now = clock.instant();
      Duration age = Duration.between(Instant.ofEpochMilli(job.getSubmittedAt()), now);
      boolean notFoundYet = e.status() == NOT_FOUND && age.compareTo(NOT_FOUND_GRACE) < 0;
      boolean again = notFoundYet || e.kind() != ApiException.Kind.PERMANENT;
      if (again && !policy.isOverdue(job, now)) {
        return policy.afterFailure(before, index, job, now);
      }
      LOG.warn("Import job {} can't be read: {}", job.getImportJobId(), e.getMessage());
      // What could not be read now is not missing: the next run looks again.
      JobState end = again ? JobState.SUBMITTED : JobState.INCOMPLETE;
      pages.add(page(job, before.job(index), List.of(), end, e.getMessage()));
      return before.with(index, before.job(index).ended());
    }

    /** Leaves all open jobs to the next run, {@code SUBMITTED} as they are. */
    private static LaneProgress pause(
        Lane lane, LaneProgress before, QuotaSpentException e, List<JobPage> pages) {
      for (int i = 0; i < before.jobs().size(); i++) {
        if (!before.job(i).done()) {
          ImportMetrics.counter(ImportMetrics.PAUSED).inc(lane.getJobs().get(i).getRequested());
          pages.add(
              page(
                  lane.getJobs().get(i),
                  before.job(i),
                  List.of(),
                  JobState.SUBMITTED,
                  e.getMessage()));
        }
      }
      return before.ended();
    }

    private static JobPage page(
        ImportJob job,
        JobProgress progress,
        List<SeenVideo> videos,
        @Nullable JobState end,
        @Nullable String reason) {
      return JobPage.of(job.getBatchId(), progress.looks(), progress.total(), videos, end, reason);
    }
  }
}
