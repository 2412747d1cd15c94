package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VersionedCoder;
import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.joda.time.Instant;

/**
 * Reads one part of a watched manifest, piece by piece: a stream commits each {@link Piece} by
 * itself, so that no bundle is as large as a file. Its restriction is the pieces that are left.
 *
 * <p>A part that is its file's last piece is read once. Of others each piece is looked for from the
 * part's start, since not every format can be entered in its midst.
 */
@DoFn.BoundedPerElement
final class ParsePiecesFn extends DoFn<ManifestPart, ManifestEntry> {
  private static final long serialVersionUID = 1L;

  /** Claims all pieces that are left. */
  private static final long LAST = Long.MAX_VALUE - 1;

  private final RowRules rules;
  private final FileFaults faults;
  private final long pieceSize;

  ParsePiecesFn(RowRules rules, FileFaults faults) {
    this(rules, faults, Piece.SIZE);
  }

  ParsePiecesFn(RowRules rules, FileFaults faults, long pieceSize) {
    this.rules = rules;
    this.faults = faults;
    this.pieceSize = pieceSize;
  }

  @GetInitialRestriction
  public OffsetRange all() {
    return new OffsetRange(0, Long.MAX_VALUE);
  }

  @GetRestrictionCoder
  public Coder<OffsetRange> coder() {
    return VersionedCoder.of("how far a file was read", 1, OffsetRange.Coder.of());
  }

  @NewTracker
  public RestrictionTracker<OffsetRange, Long> tracker(@Restriction OffsetRange pieces) {
    return new PieceTracker(pieces);
  }

  /** Nobody knows how many pieces are left, so a part counts as one. */
  @GetSize
  public double size() {
    return 1;
  }

  @GetInitialWatermarkEstimatorState
  public Instant foundAt(@Timestamp Instant foundAt) {
    return foundAt;
  }

  /** What is left has the time at which the file was found, and nothing else is held. */
  @NewWatermarkEstimator
  public ManualWatermarkEstimator<Instant> watermark(@WatermarkEstimatorState Instant foundAt) {
    return new WatermarkEstimators.Manual(foundAt);
  }

  @ProcessElement
  public ProcessContinuation parse(
      @Element ManifestPart part,
      RestrictionTracker<OffsetRange, Long> tracker,
      MultiOutputReceiver out) {
    long number = tracker.currentRestriction().getFrom();
    BufferedOutput piece = new BufferedOutput();
    boolean goesOn =
        faults.read(part.getPath(), rules, () -> read(part, number, piece), piece).orElse(false);
    if (!tracker.tryClaim(goesOn ? number : LAST)) {
      return ProcessContinuation.stop();
    }
    piece.to(out);
    return goesOn ? ProcessContinuation.resume() : ProcessContinuation.stop();
  }

  /** Reads a piece; whether there are more. */
  private boolean read(ManifestPart part, long number, BufferedOutput out) throws IOException {
    out.clear();
    EntryOutput entries = ParsePartFn.entries(part, rules, out);
    boolean goesOn = false;
    try {
      ParsePartFn.parse(part, rules, new Piece(number, pieceSize, ParsePartFn.rows(part, entries)));
    } catch (Piece.EndException e) {
      goesOn = true;
    }
    ParsePartFn.requireUnchanged(part);
    entries.emitCounts();
    return goesOn;
  }

  /** All that is left goes to the residual: pieces are found one after the other. */
  private static final class PieceTracker extends OffsetRangeTracker {
    PieceTracker(OffsetRange pieces) {
      super(pieces);
    }

    @Override
    @Nullable
    public SplitResult<OffsetRange> trySplit(double fractionOfRemainder) {
      return fractionOfRemainder == 0 ? super.trySplit(0) : null;
    }

    @Override
    public Progress getProgress() {
      return Progress.from(
          lastAttemptedOffset == null ? 0 : 1, lastAttemptedOffset == null ? 1 : 0);
    }
  }
}
