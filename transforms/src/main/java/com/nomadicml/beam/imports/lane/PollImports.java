package com.nomadicml.beam.imports.lane;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VersionedCoder;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/**
 * Carries a plan out: sends the batches that are planned in the tables, and drains the cursor pages
 * of their jobs into the status rows. Begins when all is planned. Yields the rows of each batch
 * once it is closed, and those that a stopped target has taken back.
 *
 * <p>The work is done by the run's lane, which lives in the process ({@link SharedLanes}). What
 * this transform yields it reads from the tables, from its restriction's position on: a bundle that
 * is lost and run again yields the same.
 */
public final class PollImports extends PTransform<PBegin, PCollection<VideoStatus>> {
  static final Coder<OffsetRange> TOLD =
      VersionedCoder.of("which outcomes it has told", 1, OffsetRange.Coder.of());

  private final LaneSettings settings;

  /** Null for a stream. */
  @Nullable private final List<PCollection<?>> planned;

  private PollImports(LaneSettings settings, @Nullable List<PCollection<?>> planned) {
    this.settings = settings;
    this.planned = planned;
  }

  /**
   * @param planned what is complete when all is planned
   */
  public static PollImports after(LaneSettings settings, PCollection<?>... planned) {
    return new PollImports(settings, List.of(planned));
  }

  /** For a stream: carries out what is planned as it comes, for ever. */
  public static PollImports forEver(LaneSettings settings) {
    return new PollImports(settings, null);
  }

  @Override
  public PCollection<VideoStatus> expand(PBegin begin) {
    PCollection<String> run = begin.apply("Run", Create.of(settings.runId()));
    PCollection<VideoStatus> outcomes =
        planned == null
            ? run.apply("Lane", ParDo.of(new StreamFn(settings)))
            : run.apply("Planned", Wait.on(planned)).apply("Lane", ParDo.of(new BatchFn(settings)));
    return outcomes.setCoder(ValueCoder.of(VideoStatus.class));
  }

  @DoFn.BoundedPerElement
  private static final class BatchFn extends PollFn {
    private static final long serialVersionUID = 1L;

    BatchFn(LaneSettings settings) {
      super(settings, Duration.ofSeconds(10), settings.store().lane().pollInterval());
    }

    @ProcessElement
    public ProcessContinuation poll(
        @Element String runId,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<VideoStatus> out)
        throws InterruptedException {
      return slice(tracker, rows -> rows.forEach(out::output));
    }
  }

  /**
   * Rows bear the time at which they are yielded, and the watermark follows it. When the stream is
   * drained, what is open is left to the next run.
   *
   * <p>A slice takes one look: the direct runner reads nothing while a bundle is being processed,
   * and a checkpoint of Flink waits for its end.
   */
  @DoFn.UnboundedPerElement
  private static final class StreamFn extends PollFn {
    private static final long serialVersionUID = 1L;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private transient long lastSlice;

    StreamFn(LaneSettings settings) {
      super(settings, Duration.ZERO, PAUSE);
    }

    @GetInitialWatermarkEstimatorState
    public Instant begin(@Timestamp Instant timestamp) {
      return timestamp;
    }

    @NewWatermarkEstimator
    public WatermarkEstimators.Manual watermark(@WatermarkEstimatorState Instant state) {
      return new WatermarkEstimators.Manual(state);
    }

    @TruncateRestriction
    @Nullable
    public RestrictionTracker.TruncateResult<OffsetRange> drain(@Element String runId) {
      return null;
    }

    @ProcessElement
    public ProcessContinuation poll(
        @Element String runId,
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> watermark,
        OutputReceiver<VideoStatus> out)
        throws InterruptedException {
      waitIfNotLeftAlone();
      ProcessContinuation next =
          slice(
              tracker,
              rows -> {
                Instant now = now(watermark);
                rows.forEach(row -> out.outputWithTimestamp(row, now));
              });
      watermark.setWatermark(now(watermark));
      return next.shouldResume()
          ? next.withResumeDelay(org.joda.time.Duration.millis(PAUSE.toMillis()))
          : next;
    }

    /** Some engines ignore how long a slice wants to be left alone. */
    private void waitIfNotLeftAlone() throws InterruptedException {
      long left = PAUSE.toNanos() - (System.nanoTime() - lastSlice);
      if (lastSlice != 0 && left > 0) {
        TimeUnit.NANOSECONDS.sleep(left);
      }
      lastSlice = System.nanoTime();
    }

    /** A watermark never goes back. */
    private Instant now(ManualWatermarkEstimator<Instant> watermark) {
      Instant now = Instant.ofEpochMilli(settings.clock().millis());
      return Comparators.max(now, watermark.currentWatermark());
    }
  }

  /**
   * Its restriction is what is left of a run's closed batches, then of the rows that were taken
   * back, and the end of the lane.
   */
  private abstract static class PollFn extends DoFn<String, VideoStatus> {
    private static final long serialVersionUID = 1L;

    private static final int BATCHES_AT_ONCE = 16;

    /** The position of the first row that was taken back. */
    private static final long TAKEN_BACK = 1L << 62;

    private static final int ROWS_AT_ONCE = 1_000;

    /** The last position: the lane has ended. */
    private static final long END = Long.MAX_VALUE - 1;

    protected final LaneSettings settings;

    /** Some engines ignore how long a slice wants to be left alone, so it waits itself. */
    private final Duration slice;

    private final Duration tick;

    /** Where the slice before has stopped, so that the next need not count up to there. */
    @Nullable private transient Place place;

    private record Place(long next, VideoStatus last) {}

    PollFn(LaneSettings settings, Duration slice, Duration tick) {
      this.settings = settings;
      this.slice = slice;
      this.tick = tick;
    }

    @Setup
    public void enter() {
      SharedLanes.enter(settings.runId());
    }

    @Teardown
    public void exit() {
      SharedLanes.exit(settings.runId());
    }

    @GetInitialRestriction
    public OffsetRange all(@Element String runId) {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @GetRestrictionCoder
    public Coder<OffsetRange> coder() {
      return TOLD;
    }

    @NewTracker
    public RestrictionTracker<OffsetRange, Long> tracker(@Restriction OffsetRange range) {
      return new UndividedTracker(range);
    }

    /** Takes a slice; hands rows on as they are known. */
    protected ProcessContinuation slice(
        RestrictionTracker<OffsetRange, Long> tracker, Consumer<List<VideoStatus>> out)
        throws InterruptedException {
      LaneStore store = settings.store().lane();
      // Not the element's: a job that is updated goes on with it, in another run.
      String runId = settings.runId();
      java.time.Instant end = settings.clock().instant().plus(slice);
      long next = tracker.currentRestriction().getFrom();
      try (SharedLanes.Slice attached = SharedLanes.attach(settings)) {
        while (true) {
          boolean isEnded = store.lease().endOf(runId).isPresent();
          List<LaneStore.Closed> closed = store.closed(runId, next, BATCHES_AT_ONCE);
          for (LaneStore.Closed batch : closed) {
            if (!tracker.tryClaim(batch.position())) {
              return ProcessContinuation.stop();
            }
            next = batch.position() + 1;
            out.accept(store.rows(batch.batchId()));
          }
          if (closed.isEmpty() && isEnded) {
            return takenBack(store, Math.max(next, TAKEN_BACK), end, tracker, out);
          }
          if (!settings.clock().instant().isBefore(end)) {
            return ProcessContinuation.resume();
          }
          if (closed.isEmpty()) {
            Thread.sleep(tick.toMillis());
          }
        }
      }
    }

    /** Yields the rows from a position on: nobody changes them any more, so it is their number. */
    private ProcessContinuation takenBack(
        LaneStore store,
        long from,
        java.time.Instant end,
        RestrictionTracker<OffsetRange, Long> tracker,
        Consumer<List<VideoStatus>> out) {
      Place known = place;
      VideoStatus last = known != null && known.next() == from ? known.last() : null;
      long next = from;
      while (true) {
        long skipped = last == null ? next - TAKEN_BACK : 0;
        List<VideoStatus> rows = store.unplanned(settings.runId(), last, skipped, ROWS_AT_ONCE);
        long position = rows.isEmpty() ? END : next + rows.size() - 1;
        if (!tracker.tryClaim(position) || rows.isEmpty()) {
          return ProcessContinuation.stop();
        }
        out.accept(rows);
        next = position + 1;
        last = rows.get(rows.size() - 1);
        place = new Place(next, last);
        if (!settings.clock().instant().isBefore(end)) {
          return ProcessContinuation.resume();
        }
      }
    }
  }

  /** A lane can't be divided: all that is left goes to the residual, or nothing. */
  private static final class UndividedTracker extends OffsetRangeTracker {
    UndividedTracker(OffsetRange range) {
      super(range);
    }

    @Override
    @Nullable
    public SplitResult<OffsetRange> trySplit(double fractionOfRemainder) {
      return fractionOfRemainder == 0 ? super.trySplit(0) : null;
    }
  }
}
