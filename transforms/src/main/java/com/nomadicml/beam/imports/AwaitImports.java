package com.nomadicml.beam.imports;

import com.google.common.collect.Streams;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.Panes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * Polls import jobs until each is ready or overdue. Takes the jobs; yields what their pages showed,
 * as each is read, the last page of a job marked as its end.
 *
 * <p>The jobs of a lane are polled together by one splittable element, which resumes with a delay;
 * where jobs come one after the other, by one for each few hundred. It can be cut off and started
 * again at any point: a page that was read twice says the same.
 */
public final class AwaitImports extends PTransform<PCollection<ImportJob>, PCollection<JobPage>> {
  /** A page size: as many rows as the API grants. */
  public static final int AUTO_PAGE_SIZE = 0;

  /** The API's own page size (contract, section 4.7). */
  public static final int USUAL_PAGE_SIZE = 500;

  /**
   * Where jobs come one after the other, so many are polled before the last is there. Few enough
   * that results come early, and enough that what polls them looks at the right one.
   */
  private static final int JOBS_AT_ONCE = 256;

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
        .apply("AsTheyCome", Panes.ofAtLeast(JOBS_AT_ONCE))
        .apply("GroupLanes", GroupByKey.create())
        .apply("AllAtOnce", Panes.allAtOnce())
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

    /** Where each has to wait for the quota, there are fewer: the thread has other work, too. */
    private static final Duration LONGEST_BUNDLE = Duration.ofSeconds(5);

    private final NomadicApiFactory api;
    private final Clock clock;
    private final Duration timeout;
    private final int pageSize;
    private final boolean firstSuccess;
    private transient Map<Integer, LaneReader> readers;

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
      LaneReader reader =
          readers.computeIfAbsent(
              lane.getNumber(),
              n ->
                  new LaneReader(
                      api, new JobReader(api.open(n), pageSize), policy(), clock, firstSuccess));
      Instant end = clock.instant().plus(LONGEST_BUNDLE);
      for (int looks = 0; looks < LOOKS_PER_BUNDLE; looks++) {
        LaneProgress progress = tracker.currentRestriction();
        if (progress.isDone()) {
          return ProcessContinuation.stop();
        }
        LaneReader.Reading reading = reader.read(lane.getJobs(), progress);
        if (reading.isWait()) {
          return ProcessContinuation.resume()
              .withResumeDelay(org.joda.time.Duration.millis(reading.pause().toMillis()));
        }
        if (!tracker.tryClaim(reading.after())) {
          return ProcessContinuation.stop();
        }
        reading.pages().forEach(out::output);
        if (clock.instant().isAfter(end)) {
          break;
        }
      }
      return ProcessContinuation.resume();
    }
  }
}
