package com.nomadicml.beam.imports;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VisibleText;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the entries of a bundle, a thousand at a time, each of them with one look and one write.
 */
final class ClaimFn extends DoFn<ManifestEntry, KV<String, KV<ManifestEntry, LedgerRow>>> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ClaimFn.class);
  private static final int AT_ONCE = 1_000;

  /** Until a destination is asked for again that another run is at work in. */
  private static final Duration LATER = Duration.ofMinutes(1);

  /** Of jobs whose batch is yet to come to its end. */
  private static final Set<JobState> OPEN =
      Set.of(JobState.PLANNED, JobState.SUBMITTED, JobState.SUBMIT_UNKNOWN);

  private final StatusStore store;
  private final DestinationLease lease;
  private final Clock clock;
  private final String runId;
  private final ShardPlanner planner;
  private transient Set<String> leased;
  private transient Map<String, Instant> heldUntil;
  private transient List<ManifestEntry> waiting;
  private transient org.joda.time.Instant time;
  private transient BoundedWindow window;

  ClaimFn(StatusStore store, DestinationLease lease, Clock clock, String runId, int maxAttempts) {
    this.store = store;
    this.lease = lease;
    this.clock = clock;
    this.runId = runId;
    this.planner = new ShardPlanner(runId, clock, 1, maxAttempts);
  }

  @Setup
  public void setup() {
    leased = new HashSet<>();
    heldUntil = new HashMap<>();
  }

  @StartBundle
  public void start() {
    waiting = new ArrayList<>();
  }

  @ProcessElement
  public void claim(
      @Element ManifestEntry entry,
      @Timestamp org.joda.time.Instant entryTime,
      BoundedWindow entryWindow,
      OutputReceiver<KV<String, KV<ManifestEntry, LedgerRow>>> out) {
    waiting.add(entry);
    time = entryTime;
    window = entryWindow;
    if (waiting.size() >= AT_ONCE) {
      claim(out::output);
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    claim(claimed -> context.output(claimed, time, window));
  }

  private void claim(Consumer<KV<String, KV<ManifestEntry, LedgerRow>>> out) {
    Map<String, List<ManifestEntry>> byDestination = new HashMap<>();
    for (ManifestEntry entry : waiting) {
      byDestination
          .computeIfAbsent(
              ImportTarget.destination(entry.getScope(), entry.getFolder()), d -> new ArrayList<>())
          .add(entry);
    }
    byDestination.forEach((destination, entries) -> claim(destination, entries, out));
    waiting = new ArrayList<>();
  }

  private void claim(
      String destination,
      List<ManifestEntry> entries,
      Consumer<KV<String, KV<ManifestEntry, LedgerRow>>> out) {
    if (!isLeased(destination)) {
      // Whoever is at work there takes it up when it begins again.
      store.recordVideos(entries.stream().map(this::pending).toList());
      return;
    }
    Map<String, LedgerRow> known = new HashMap<>();
    List<String> uris = entries.stream().map(ManifestEntry::getSourceUri).distinct().toList();
    List<VideoStatus> rows = store.videos(destination, uris);
    Map<String, JobState> states = statesOfBatches(rows);
    for (VideoStatus row : rows) {
      known.put(row.getSourceUri(), LedgerRow.of(row, isInFlight(row, states)));
    }
    ShardPlanner.Chosen chosen = planner.choose(entries, known.values());
    ShardPlanner.count(chosen.counts());
    store.recordVideos(
        chosen.entries().values().stream()
            .filter(entry -> !known.containsKey(entry.getSourceUri()))
            .map(this::pending)
            .toList());
    for (ManifestEntry entry : chosen.entries().values()) {
      out.accept(KV.of(PlanImports.group(entry), KV.of(entry, known.get(entry.getSourceUri()))));
    }
  }

  /** Older than any row of an attempt. */
  private VideoStatus pending(ManifestEntry entry) {
    return EntryRow.of(entry, runId).inState(VideoState.PENDING, clock.instant());
  }

  private boolean isLeased(String destination) {
    if (leased.contains(destination)) {
      return true;
    }
    if (heldUntil.getOrDefault(destination, Instant.MIN).isAfter(clock.instant())) {
      return false;
    }
    try {
      lease.acquire(destination);
      heldUntil.remove(destination);
      return leased.add(destination);
    } catch (LeaseHeldException e) {
      LOG.warn("What goes elsewhere waits: {}", VisibleText.of(e.getMessage()));
      heldUntil.put(destination, clock.instant().plus(LATER));
      return false;
    }
  }

  /** Of the batches that may still carry one of these rows; with one look. */
  private Map<String, JobState> statesOfBatches(List<VideoStatus> rows) {
    Set<String> batchIds =
        rows.stream()
            .filter(row -> row.getState() != VideoState.UPLOADED && row.getBatchId() != null)
            .map(VideoStatus::getBatchId)
            .collect(toSet());
    return batchIds.isEmpty()
        ? Map.of()
        : store.jobs(batchIds).stream().collect(toMap(JobStatus::getBatchId, JobStatus::getState));
  }

  /** Whether a batch carries an item that a lane sees to, or its target was stopped in this run. */
  private boolean isInFlight(VideoStatus row, Map<String, JobState> states) {
    if (row.getBatchId() == null) {
      return row.getRunId().equals(runId)
          && ErrorCode.CANARY_FAILED.name().equals(row.getErrorCode());
    }
    if (row.getState() == VideoState.UPLOADED) {
      return false;
    }
    Optional<JobState> state = Optional.ofNullable(states.get(row.getBatchId()));
    // What has failed of a batch that is read is tried again by its lane.
    return row.getState().isFinal()
        ? state.filter(OPEN::contains).isPresent()
        : state.filter(any -> any != JobState.REFUSED && any != JobState.STOPPED).isPresent();
  }
}
