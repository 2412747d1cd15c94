package com.nomadicml.beam.imports;

import com.google.common.collect.Lists;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCounts;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VideoUri;
import java.io.Serializable;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.values.KV;

/**
 * Decides what to do with the entries of one shard, given what the ledger says of them. An item's
 * identity is its key, never its place in a manifest.
 */
final class ShardPlanner implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Comparator<ManifestEntry> FIRST_IN_MANIFEST =
      Comparator.comparing(ManifestEntry::getManifest).thenComparing(ManifestEntry::getLine);

  private final String runId;
  private final Clock clock;
  private final int batchSize;
  private final int maxAttempts;

  ShardPlanner(String runId, Clock clock, int batchSize, int maxAttempts) {
    this.runId = runId;
    this.clock = clock;
    this.batchSize = batchSize;
    this.maxAttempts = maxAttempts;
  }

  /**
   * What is to be done with a shard.
   *
   * @param settled items that need nothing: URI by destination
   * @param counts entries by what is done with them, by the names of {@link ImportMetrics}
   */
  record Plan(
      List<ImportBatch> batches,
      List<VideoStatus> refused,
      List<KV<String, String>> settled,
      PartCounts counts) {

    void count() {
      ShardPlanner.count(counts);
    }
  }

  private record Cut(ImportTarget target, int attempt) {}

  /**
   * Which entries are to be imported.
   *
   * @param entries by their URI
   * @param attempts of those that were tried before, by URI
   * @param known what tables say of an attempt before, by URI
   * @param settled items that need nothing: URI by destination
   */
  record Chosen(
      Map<String, ManifestEntry> entries,
      Map<String, Integer> attempts,
      Map<String, VideoState> known,
      List<KV<String, String>> settled,
      PartCounts counts) {}

  /** Leaves out doubles, and what needs nothing. */
  Chosen choose(Iterable<ManifestEntry> entries, Iterable<LedgerRow> ledger) {
    PartCounts counts = new PartCounts();
    Map<String, ManifestEntry> first = new HashMap<>();
    for (ManifestEntry entry : entries) {
      ManifestEntry other = first.putIfAbsent(entry.getSourceUri(), entry);
      if (other != null) {
        boolean isFirst = FIRST_IN_MANIFEST.compare(entry, other) < 0;
        if (isFirst) {
          first.put(entry.getSourceUri(), entry);
        }
        counts.add(ImportMetrics.DUPLICATE, (isFirst ? other : entry).getManifest(), 1);
      }
    }
    Map<String, Integer> attempts = new HashMap<>();
    Map<String, VideoState> known = new HashMap<>();
    List<KV<String, String>> settled = new ArrayList<>();
    for (LedgerRow row : known(ledger, first.keySet())) {
      ManifestEntry entry = first.get(row.getSourceUri());
      boolean tryAgain = row.getState().isFailure() && row.getAttempt() < maxAttempts;
      if (row.getPlanned()) {
        counts.add(ImportMetrics.PLANNED, entry.getManifest(), 1);
        first.remove(row.getSourceUri());
      } else if (row.getInFlight()) {
        counts.add(ImportMetrics.IN_FLIGHT, entry.getManifest(), 1);
        first.remove(row.getSourceUri());
      } else if (row.getState().isFinal() && !tryAgain) {
        settled(row.getState(), entry.getManifest(), counts);
        settled.add(KV.of(row.getDestination(), row.getSourceUri()));
        if (ErrorCode.VIEWS_FAILED.name().equals(row.getErrorCode())) {
          counts.add(ImportMetrics.DONE_WITHOUT_VIEWS, entry.getManifest(), 1);
        }
        first.remove(row.getSourceUri());
      } else {
        // A row that is neither ended nor in flight was planned for an attempt that was not sent.
        int attempted = tryAgain ? row.getAttempt() : row.getAttempt() - 1;
        attempts.put(row.getSourceUri(), Math.max(0, attempted));
        if (row.getAttempt() > 0) {
          known.put(row.getSourceUri(), row.getState());
        }
      }
    }
    return new Chosen(first, attempts, known, settled, counts);
  }

  /** One row an item: the one that says that a batch carries it, if any does. */
  private static Collection<LedgerRow> known(Iterable<LedgerRow> ledger, Set<String> uris) {
    Map<String, LedgerRow> rows = new HashMap<>();
    for (LedgerRow row : ledger) {
      if (uris.contains(row.getSourceUri())) {
        rows.merge(row.getSourceUri(), row, (one, other) -> one.getInFlight() ? one : other);
      }
    }
    return rows.values();
  }

  /** Plans a shard. */
  Plan plan(
      Iterable<ManifestEntry> entries,
      Iterable<LedgerRow> ledger,
      List<SavedIntegration> integrations) {
    Chosen chosen = choose(entries, ledger);
    PartCounts counts = chosen.counts();
    Map<String, VideoState> known = chosen.known();
    List<VideoStatus> refused = new ArrayList<>();
    List<ImportBatch> batches = cut(chosen.entries(), chosen.attempts(), integrations, refused);
    for (ImportBatch batch : batches) {
      batch.getItems().forEach(item -> counts.add(ImportMetrics.PLANNED, item.getManifest(), 1));
    }
    for (VideoStatus row : refused) {
      VideoState state = known.getOrDefault(row.getSourceUri(), VideoState.REFUSED);
      settled(state, row.getManifest(), counts);
    }
    // A row of an attempt before says more than that there is no integration now.
    refused.removeIf(row -> known.containsKey(row.getSourceUri()));
    return new Plan(batches, refused, chosen.settled(), counts);
  }

  /** Has a runner's counters show them. */
  static void count(PartCounts counts) {
    counts.list().forEach(count -> ImportMetrics.counter(count.getStage()).inc(count.getItems()));
  }

  /** Counts an item that stays as it is. */
  private static void settled(VideoState state, String manifest, PartCounts counts) {
    if (state == VideoState.UPLOADED) {
      counts.add(ImportMetrics.ALREADY_DONE, manifest, 1);
    } else {
      counts.add(ImportMetrics.LEFT, manifest, 1);
      counts.add(ImportMetrics.ended(state), manifest, 1);
    }
  }

  private List<ImportBatch> cut(
      Map<String, ManifestEntry> entries,
      Map<String, Integer> attempts,
      List<SavedIntegration> integrations,
      List<VideoStatus> refused) {
    Instant now = clock.instant();
    Map<Cut, List<ImportItem>> cuts = new LinkedHashMap<>();
    List<ManifestEntry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparing(ManifestEntry::getSourceUri));
    for (ManifestEntry entry : sorted) {
      VideoUri uri = ImportDefaults.uriOf(entry.getSourceUri());
      int attempt = attempts.getOrDefault(entry.getSourceUri(), 0) + 1;
      ImportItem item =
          ImportItem.of(
              entry.getSourceUri(),
              entry.getViews(),
              entry.getLabels(),
              entry.getManifest(),
              entry.getLine(),
              entry.getOwnIntegrationId());
      String integration = entry.getIntegrationId();
      if (ListIntegrations.isNeeded(entry)) {
        IntegrationChoice choice = IntegrationChoice.of(uri, integrations);
        if (choice.error() != null) {
          refused.add(refuse(entry, choice, now));
          continue;
        }
        integration = choice.id();
      }
      ImportTarget target =
          ImportTarget.of(
              uri.provider(),
              uri.bucket(),
              integration,
              entry.getFolder(),
              entry.getScope(),
              !entry.getViews().isEmpty());
      cuts.computeIfAbsent(new Cut(target, attempt), cut -> new ArrayList<>()).add(item);
    }
    List<ImportBatch> batches = new ArrayList<>();
    cuts.forEach(
        (cut, items) ->
            Lists.partition(items, batchSize)
                .forEach(part -> batches.add(ImportBatch.of(cut.target(), part, cut.attempt()))));
    return batches;
  }

  /** Refused before it was sent, so it costs no attempt: mending the integration is enough. */
  private VideoStatus refuse(ManifestEntry entry, IntegrationChoice choice, Instant now) {
    return EntryRow.of(entry, runId)
        .setErrorCode(choice.error().name())
        .setErrorMessage(choice.message())
        .inState(VideoState.REFUSED, now);
  }
}
