package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

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
  private final LaneSettings settings;
  private final List<PCollection<?>> planned;

  private PollImports(LaneSettings settings, List<PCollection<?>> planned) {
    this.settings = settings;
    this.planned = planned;
  }

  /**
   * @param planned what is complete when all is planned
   */
  public static PollImports after(LaneSettings settings, PCollection<?>... planned) {
    return new PollImports(settings, List.of(planned));
  }

  @Override
  public PCollection<VideoStatus> expand(PBegin begin) {
    return begin
        .apply("Run", Create.of(settings.runId()))
        .apply("Planned", Wait.on(planned))
        .apply("Lane", ParDo.of(new PollFn(settings)))
        .setCoder(ValueCoder.of(VideoStatus.class));
  }

  /**
   * Its restriction is what is left of a run's closed batches, then of the rows that were taken
   * back, and the end of the lane.
   */
  @DoFn.BoundedPerElement
  private static final class PollFn extends DoFn<String, VideoStatus> {
    private static final long serialVersionUID = 1L;

    /** Some engines ignore how long a slice wants to be left alone, so it waits itself. */
    private static final Duration SLICE = Duration.ofSeconds(10);

    private static final int BATCHES_AT_ONCE = 16;

    /** The position of the first row that was taken back. */
    private static final long TAKEN_BACK = 1L << 62;

    private static final int ROWS_AT_ONCE = 1_000;

    /** The last position: the lane has ended. */
    private static final long END = Long.MAX_VALUE - 1;

    private final LaneSettings settings;

    /** Where the slice before has stopped, so that the next need not count up to there. */
    @Nullable private transient Place place;

    private record Place(long next, VideoStatus last) {}

    PollFn(LaneSettings settings) {
      this.settings = settings;
    }

    @GetInitialRestriction
    public OffsetRange all(@Element String runId) {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @NewTracker
    public RestrictionTracker<OffsetRange, Long> tracker(@Restriction OffsetRange range) {
      return new UndividedTracker(range);
    }

    @ProcessElement
    public ProcessContinuation poll(
        @Element String runId,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<VideoStatus> out)
        throws InterruptedException {
      LaneStore store = settings.store().lane();
      Instant end = settings.clock().instant().plus(SLICE);
      long next = tracker.currentRestriction().getFrom();
      try (SharedLanes.Slice slice = SharedLanes.attach(settings)) {
        while (true) {
          boolean isEnded = store.lease().endOf(runId).isPresent();
          List<LaneStore.Closed> closed = store.closed(runId, next, BATCHES_AT_ONCE);
          for (LaneStore.Closed batch : closed) {
            if (!tracker.tryClaim(batch.position())) {
              return ProcessContinuation.stop();
            }
            next = batch.position() + 1;
            store.rows(batch.batchId()).forEach(out::output);
          }
          if (closed.isEmpty() && isEnded) {
            return takenBack(store, Math.max(next, TAKEN_BACK), end, tracker, out);
          }
          if (!settings.clock().instant().isBefore(end)) {
            return ProcessContinuation.resume();
          }
          if (closed.isEmpty()) {
            Thread.sleep(store.pollInterval().toMillis());
          }
        }
      }
    }

    /** Yields the rows from a position on: nobody changes them any more, so it is their number. */
    private ProcessContinuation takenBack(
        LaneStore store,
        long from,
        Instant end,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<VideoStatus> out) {
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
        rows.forEach(out::output);
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
