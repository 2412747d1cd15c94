package com.nomadicml.beam.imports;

import com.google.common.collect.Streams;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.imports.AwaitPolicy.Look;
import com.nomadicml.beam.imports.AwaitPolicy.Step;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.SeenVideo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

  /** How many rows a page is asked for; the API may show fewer. */
  public AwaitImports withPageSize(int pageSize) {
    if (pageSize < 1) {
      throw new IllegalArgumentException("--pageSize must be at least 1, not " + pageSize);
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
      policy = new AwaitPolicy(timeout);
    }

    @GetInitialRestriction
    public LaneProgress start(@Element Lane lane) {
      return new AwaitPolicy(timeout).start(lane.getJobs());
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
        ImportJob job = lane.getJobs().get(step.job());
        Outcome outcome = look(reader, job, progress.job(step.job()), step.cursor());
        JobPage page = outcome.page();
        JobProgress after = page == null ? outcome.progress() : outcome.progress().looked();
        if (!tracker.tryClaim(progress.with(step.job(), after))) {
          return ProcessContinuation.stop();
        }
        if (page != null) {
          out.output(page);
        }
      }
      return ProcessContinuation.resume();
    }

    private record Outcome(JobProgress progress, @Nullable JobPage page) {}

    private Outcome look(JobReader reader, ImportJob job, JobProgress before, String cursor) {
      try {
        Look look = reader.read(job, cursor);
        Instant now = clock.instant();
        JobProgress after = policy.after(job, before, cursor, look, now);
        if (firstSuccess && look.hasSuccess()) {
          after = after.ended();
        }
        if (after.done()) {
          return new Outcome(after, page(job, after, look.videos(), JobState.COMPLETED, null));
        }
        // An overdue job gets its pass to the end, so that nothing shown is called missing.
        if (policy.isOverdue(job, now) && after.pass() == null) {
          String reason = "not finished " + timeout + " after its submission";
          return new Outcome(
              after.ended(), page(job, after, look.videos(), JobState.INCOMPLETE, reason));
        }
        return new Outcome(after, page(job, after, look.videos(), null, null));
      } catch (ApiException e) {
        return failed(job, before, e);
      }
    }

    private Outcome failed(ImportJob job, JobProgress before, ApiException e) {
      if (e.isAccountRefusal()) {
        throw ImportRefusedException.of(e);
      }
      Instant now = clock.instant();
      Duration age = Duration.between(Instant.ofEpochMilli(job.getSubmittedAt()), now);
      boolean notFoundYet = e.status() == NOT_FOUND && age.compareTo(NOT_FOUND_GRACE) < 0;
      boolean again = notFoundYet || e.kind() != ApiException.Kind.PERMANENT;
      if (again && !policy.isOverdue(job, now)) {
        return new Outcome(policy.afterFailure(job, before, now), null);
      }
      LOG.warn("Import job {} can't be read: {}", job.getImportJobId(), e.getMessage());
      return new Outcome(
          before.ended(), page(job, before, List.of(), JobState.INCOMPLETE, e.getMessage()));
    }

    private static JobPage page(
        ImportJob job,
        JobProgress after,
        List<SeenVideo> videos,
        @Nullable JobState end,
        @Nullable String reason) {
      return JobPage.of(job.getBatchId(), after.looks(), after.total(), videos, end, reason);
    }
  }
}
