package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Makes entries again of what an earlier stream left: items that were accepted and not finished,
 * and failed ones that may be tried again. Takes the rows of the ledger.
 */
public final class ResumeEntries
    extends PTransform<PCollection<VideoStatus>, PCollection<ManifestEntry>> {
  private final int maxAttempts;
  private final OnUnknownSubmit onUnknown;

  private ResumeEntries(int maxAttempts, OnUnknownSubmit onUnknown) {
    this.maxAttempts = maxAttempts;
    this.onUnknown = onUnknown;
  }

  public static ResumeEntries of(int maxAttempts, OnUnknownSubmit onUnknown) {
    return new ResumeEntries(maxAttempts, onUnknown);
  }

  @Override
  public PCollection<ManifestEntry> expand(PCollection<VideoStatus> rows) {
    return rows.apply("Open", ParDo.of(new OpenFn(maxAttempts, onUnknown)));
  }

  /** The entry that a row stands for. */
  private static ManifestEntry entry(VideoStatus row) {
    return ManifestEntry.builder()
        .setManifest(row.getManifest())
        .setLine(row.getLine())
        .setSourceUri(row.getSourceUri())
        .setViews(row.getViews())
        .setLabels(row.getLabels())
        .setScope(ImportTarget.scopeOf(row.getDestination()))
        .setFolder(ImportTarget.folderOf(row.getDestination()))
        .setIntegrationId(row.getIntegrationId())
        .build();
  }

  private static class OpenFn extends DoFn<VideoStatus, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final int maxAttempts;
    private final OnUnknownSubmit onUnknown;

    OpenFn(int maxAttempts, OnUnknownSubmit onUnknown) {
      this.maxAttempts = maxAttempts;
      this.onUnknown = onUnknown;
    }

    @ProcessElement
    public void resume(@Element VideoStatus row, OutputReceiver<ManifestEntry> out) {
      boolean isItem = row.getProvider() != null;
      boolean isHeld =
          row.getState() == VideoState.SUBMIT_UNKNOWN && onUnknown == OnUnknownSubmit.HOLD;
      boolean isToTryAgain = row.getState().isFailure() && row.getAttempt() < maxAttempts;
      if (isItem && !isHeld && (!row.getState().isFinal() || isToTryAgain)) {
        ImportMetrics.counter(ImportMetrics.RESUMED).inc();
        out.output(entry(row));
      }
    }
  }
}
