package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import com.google.common.collect.Iterables;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VersionedCoder;
import com.nomadicml.beam.model.VisibleText;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what may share a batch. The names of states and timers stay as they are, and a coder of a
 * state that writes other bytes gets another version: a job that is updated takes them over.
 */
final class CutFn extends DoFn<KV<String, KV<ManifestEntry, LedgerRow>>, ImportBatch> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CutFn.class);

  /** Until the integrations are asked for again, where that failed. */
  private static final Duration LATER = Duration.ofSeconds(30);

  /** How long a runner's thread waits for the quota. */
  private static final Duration BRIEF = Duration.ofSeconds(1);

  static final Coder<Integer> COUNT = VersionedCoder.of("how many items wait", 1, VarIntCoder.of());
  static final Coder<String> LAST_BATCH =
      VersionedCoder.of("the batch before", 1, StringUtf8Coder.of());

  @StateId("claimed")
  private final StateSpec<BagState<KV<ManifestEntry, LedgerRow>>> claimedSpec =
      StateSpecs.bag(ClaimEntries.coder());

  @StateId("count")
  private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(COUNT);

  /** The batch that was cut last. */
  @StateId("lastBatch")
  private final StateSpec<ValueState<String>> lastSpec = StateSpecs.value(LAST_BATCH);

  @TimerId("cut")
  private final TimerSpec cutSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  private final NomadicApiFactory apis;
  private final StatusStore store;
  private final Clock clock;
  private final int batchSize;
  private final Duration maxDelay;
  private final ShardPlanner planner;
  private transient IntegrationBook integrations;

  CutFn(
      NomadicApiFactory apis,
      StatusStore store,
      Clock clock,
      String runId,
      int batchSize,
      Duration maxDelay) {
    this.apis = apis;
    this.store = store;
    this.clock = clock;
    this.batchSize = batchSize;
    this.maxDelay = maxDelay;
    // Nothing that comes here has come to its end: each is tried.
    this.planner = new ShardPlanner(runId, clock, batchSize, Integer.MAX_VALUE);
  }

  @Setup
  public void setup() {
    integrations = new IntegrationBook();
  }

  @ProcessElement
  public void gather(
      @Element KV<String, KV<ManifestEntry, LedgerRow>> entry,
      @Timestamp Instant time,
      @AlwaysFetched @StateId("count") ValueState<Integer> count,
      @StateId("claimed") BagState<KV<ManifestEntry, LedgerRow>> claimed,
      @StateId("lastBatch") ValueState<String> last,
      @TimerId("cut") Timer timer,
      MultiOutputReceiver out) {
    claimed.add(entry.getValue());
    int waiting = countOf(count) + 1;
    count.write(waiting);
    if (waiting == batchSize) {
      if (cut(claimed, count, last, out)) {
        timer.clear();
      } else {
        set(timer, LATER, time);
      }
    } else if (waiting == 1) {
      set(timer, maxDelay, time);
    }
  }

  @OnTimer("cut")
  public void onTime(
      @Timestamp Instant time,
      @StateId("count") ValueState<Integer> count,
      @StateId("claimed") BagState<KV<ManifestEntry, LedgerRow>> claimed,
      @StateId("lastBatch") ValueState<String> last,
      @TimerId("cut") Timer timer,
      MultiOutputReceiver out) {
    if (countOf(count) == 0) {
      return;
    }
    if (countOf(count) < batchSize && isUnsent(last.read())) {
      set(timer, maxDelay, time);
    } else if (!cut(claimed, count, last, out)) {
      set(timer, LATER, time);
    }
  }

  /** What can't be cut now is in the tables, and taken up by the next stream. */
  @OnWindowExpiration
  public void drain(
      @StateId("count") ValueState<Integer> count,
      @StateId("claimed") BagState<KV<ManifestEntry, LedgerRow>> claimed,
      @StateId("lastBatch") ValueState<String> last,
      MultiOutputReceiver out) {
    if (countOf(count) > 0) {
      cut(claimed, count, last, out);
    }
  }

  private boolean isUnsent(String batchId) {
    return batchId != null
        && store.job(batchId).filter(job -> job.getState() == JobState.PLANNED).isPresent();
  }

  /** Cuts all that waits; false when it can't be done now. */
  private boolean cut(
      BagState<KV<ManifestEntry, LedgerRow>> claimed,
      ValueState<Integer> count,
      ValueState<String> last,
      MultiOutputReceiver out) {
    List<ManifestEntry> entries = new ArrayList<>();
    List<LedgerRow> rows = new ArrayList<>();
    for (KV<ManifestEntry, LedgerRow> entry : claimed.read()) {
      entries.add(entry.getKey());
      if (entry.getValue() != null) {
        rows.add(entry.getValue());
      }
    }
    List<SavedIntegration> saved;
    try {
      saved = integrations.forAll(entries, () -> apis.open(0, BRIEF), clock.instant());
    } catch (ApiException e) {
      if (e.isAccountRefusal()) {
        ImportMetrics.counter(ImportMetrics.ACCOUNT_REFUSALS).inc();
        apis.stop(ImportRefusedException.of(e).getMessage());
      } else {
        LOG.warn("The saved integrations can't be listed: {}", VisibleText.of(e.getMessage()));
      }
      return false;
    } catch (RequestsEndedException e) {
      LOG.debug("Nothing is asked now: {}", VisibleText.of(e.getMessage()));
      return false;
    }
    ShardPlanner.Plan plan = planner.plan(entries, rows, saved);
    plan.count();
    plan.batches().forEach(out.get(CutBatches.BATCHES)::output);
    plan.refused().forEach(out.get(CutBatches.REFUSED)::output);
    if (!plan.batches().isEmpty()) {
      last.write(Iterables.getLast(plan.batches()).getBatchId());
    }
    claimed.clear();
    count.clear();
    return true;
  }

  /** Holds the watermark no longer than it waits, and not at the time of what waits. */
  private static void set(Timer timer, Duration pause, Instant time) {
    timer
        .withOutputTimestamp(Comparators.max(time, timer.getCurrentRelativeTime()))
        .offset(org.joda.time.Duration.millis(pause.toMillis()))
        .setRelative();
  }

  private static int countOf(ValueState<Integer> count) {
    Integer value = count.read();
    return value == null ? 0 : value;
  }
}
