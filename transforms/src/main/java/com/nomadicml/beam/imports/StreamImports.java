package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Imports entries as they come, for ever: gathers them to batches, submits these, and awaits their
 * jobs. Takes entries with their defaults; yields {@link #SUBMITTED} batches and the {@link #PAGES}
 * that their jobs showed, for {@link SettleImports}, and the {@link #ROWS} of what was sent or
 * can't be.
 *
 * <p>The ledger decides what an entry needs, at the moment its batch is cut. So a message that
 * comes twice, a bundle that is run again and a stream that is started again import nothing twice.
 */
public final class StreamImports extends PTransform<PCollection<ManifestEntry>, PCollectionTuple> {
  public static final TupleTag<TrackedBatch> SUBMITTED = new TupleTag<>() {};
  public static final TupleTag<JobPage> PAGES = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};

  private final NomadicApiFactory api;
  private final Ledger ledger;
  private final Clock clock;
  private final String runId;
  private final StreamSettings settings;

  private StreamImports(
      NomadicApiFactory api, Ledger ledger, Clock clock, String runId, StreamSettings settings) {
    this.api = api;
    this.ledger = ledger;
    this.clock = clock;
    this.runId = runId;
    this.settings = settings;
  }

  public static StreamImports through(
      NomadicApiFactory api, Ledger ledger, Clock clock, String runId, StreamSettings settings) {
    return new StreamImports(api, ledger, clock, runId, settings);
  }

  @Override
  public PCollectionTuple expand(PCollection<ManifestEntry> entries) {
    PCollectionTuple imported =
        entries
            .apply("Accept", ParDo.of(new AcceptEntries(ledger, clock, runId, settings.lanes())))
            .apply(
                "Lanes",
                ParDo.of(new StreamLaneFn(api, ledger, runId, settings))
                    .withOutputTags(SUBMITTED, TupleTagList.of(PAGES).and(ROWS)));
    imported.get(SUBMITTED).setCoder(new TrackedBatchCoder());
    imported.get(ROWS).setCoder(ValueCoder.of(VideoStatus.class));
    return imported;
  }
}
