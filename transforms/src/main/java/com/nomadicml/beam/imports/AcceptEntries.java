package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Writes a {@code PENDING} row for each entry and then hands it to its lane: a message may be
 * acknowledged, as the item is in the tables. For an item that they know already it changes
 * nothing: this row is older than any.
 */
final class AcceptEntries extends DoFn<ManifestEntry, KV<Integer, ManifestEntry>> {
  private static final long serialVersionUID = 1L;
  private static final int MOST_AT_ONCE = 1_000;

  private final JobJournal journal;
  private final Clock clock;
  private final String runId;
  private final int lanes;
  private transient List<Waiting> bundle;

  private record Waiting(ManifestEntry entry, Instant time, BoundedWindow window) {}

  AcceptEntries(JobJournal journal, Clock clock, String runId, int lanes) {
    this.journal = journal;
    this.clock = clock;
    this.runId = runId;
    this.lanes = lanes;
  }

  @StartBundle
  public void start() {
    bundle = new ArrayList<>();
  }

  @ProcessElement
  public void accept(@Element ManifestEntry entry, @Timestamp Instant time, BoundedWindow window) {
    bundle.add(new Waiting(entry, time, window));
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    for (int from = 0; from < bundle.size(); from += MOST_AT_ONCE) {
      List<VideoStatus> rows =
          bundle.subList(from, Math.min(bundle.size(), from + MOST_AT_ONCE)).stream()
              .map(
                  waiting ->
                      EntryRow.of(waiting.entry(), runId)
                          .inState(VideoState.PENDING, clock.instant()))
              .toList();
      journal.recordVideos(rows);
    }
    for (Waiting waiting : bundle) {
      context.output(
          KV.of(lane(waiting.entry()), waiting.entry()), waiting.time(), waiting.window());
    }
  }

  /** Entries that may share a batch share a lane, and so does an item with itself. */
  private int lane(ManifestEntry entry) {
    String bucket = ImportDefaults.uriOf(entry.getSourceUri()).bucket();
    return Lane.of(entry.getScope() + "/" + entry.getFolder() + "/" + bucket, lanes);
  }
}
