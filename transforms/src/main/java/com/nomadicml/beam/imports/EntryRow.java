package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VideoUri;

/** An entry's row while no batch carries it: it has cost no attempt yet. */
final class EntryRow {
  private EntryRow() {}

  static VideoStatus.Builder of(ManifestEntry entry, String runId) {
    VideoUri uri = ImportDefaults.uriOf(entry.getSourceUri());
    return VideoStatus.builder()
        .setDestination(ImportTarget.destination(entry.getScope(), entry.getFolder()))
        .setSourceUri(entry.getSourceUri())
        .setProvider(uri.provider().column())
        .setBucket(uri.bucket())
        .setViews(entry.getViews())
        .setLabels(entry.getLabels())
        .setManifest(entry.getManifest())
        .setLine(entry.getLine())
        .setIntegrationId(entry.getOwnIntegrationId())
        .setRunId(runId);
  }
}
