package com.nomadicml.beam.imports;

import com.google.common.collect.ImmutableList;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.TrackedBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * Keeps what a lane has to remember, and wakes it when it has something to do. A lane is one key,
 * so one thread: requests of all kinds draw on its one share of the quota.
 *
 * <p>The names of states and timers, and the coders of the states, stay as they are: a job that is
 * updated takes them over.
 */
final class StreamLaneFn extends DoFn<KV<Integer, ManifestEntry>, TrackedBatch> {
  private static final long serialVersionUID = 1L;

  /** How long rows may take into the tables. */
  private static final Duration SETTLING = Duration.ofSeconds(30);

  /** Entries that were not sent yet. */
  @StateId("waiting")
  private final StateSpec<BagState<ManifestEntry>> waitingSpec = StateSpecs.bag();

  /** How many of them have come since the lane was sent last. */
  @StateId("waitingCount")
  private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

  @StateId("openJobs")
  private final StateSpec<ValueState<OpenJobs>> openSpec =
      StateSpecs.value(new OpenJobs.OpenJobsCoder());

  /** Batches that have ended, and whose failed items are to be tried again. */
  @StateId("endedBatches")
  private final StateSpec<BagState<String>> endedSpec = StateSpecs.bag(StringUtf8Coder.of());

  @TimerId("send")
  private final TimerSpec sendSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  /** A timer of its own: what came back must not keep a full batch waiting, nor new entries it. */
  @TimerId("sendAgain")
  private final TimerSpec sendAgainSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  @TimerId("look")
  private final TimerSpec lookSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  @TimerId("tryAgain")
  private final TimerSpec tryAgainSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  private final NomadicApiFactory apis;
  private final Ledger ledger;
  private final String runId;
  private final StreamSettings settings;
  private transient RunnerClock clock;
  private transient Map<Integer, StreamLane> lanes;

  StreamLaneFn(NomadicApiFactory apis, Ledger ledger, String runId, StreamSettings settings) {
    this.apis = apis;
    this.ledger = ledger;
    this.runId = runId;
    this.settings = settings;
  }

  @Setup
  public void setup() {
    clock = new RunnerClock();
    lanes = new HashMap<>();
  }

  @ProcessElement
  public void gather(
      @Element KV<Integer, ManifestEntry> entry,
      @StateId("waiting") BagState<ManifestEntry> waiting,
      /** How many of them have come since the lane was sent last. */
      @StateId("waitingCount") ValueState<Integer> count,
      @TimerId("send") Timer send) {
    waiting.add(entry.getValue());
    int waitingNow = countOf(count) + 1;
    count.write(waitingNow);
    if (waitingNow == settings.batchSize()) {
      in(Duration.ZERO, send);
    } else if (waitingNow == 1) {
      in(settings.maxBatchDelay(), send);
    }
  }

  /** A batch is full, or old enough. While the quota has no room, batches grow. */
  @OnTimer("send")
  public void send(
      @Key Integer number,
      @StateId("waiting") BagState<ManifestEntry> waiting,
      /** How many of them have come since the lane was sent last. */
      @StateId("waitingCount") ValueState<Integer> count,
      @StateId("openJobs") ValueState<OpenJobs> openState,
      @StateId("endedBatches") BagState<String> ended,
      @TimerId("send") Timer send,
      @TimerId("sendAgain") Timer sendAgain,
      @TimerId("look") Timer look,
      @TimerId("tryAgain") Timer tryAgain,
      MultiOutputReceiver out) {
    clock.tell(send.getCurrentRelativeTime());
    LaneSender lane = lane(number).sender();
    Duration wait = lane.untilNextRequest();
    if (!wait.isZero()) {
      in(wait, send);
      return;
    }
    List<ManifestEntry> entries = ImmutableList.copyOf(waiting.read());
    waiting.clear();
    LaneSender.Sent sent = lane.send(entries, openOf(openState));
    sent.later().forEach(waiting::add);
    count.clear();
    if (!sent.later().isEmpty()) {
      in(sent.pause(), sendAgain);
    }
    openState.write(sent.open());
    if (!sent.open().isEmpty()) {
      in(Duration.ofSeconds(1), look);
    }
    remember(sent.ended(), ended, tryAgain);
    sent.submitted().forEach(out.get(StreamImports.SUBMITTED)::output);
    sent.rows().forEach(out.get(StreamImports.ROWS)::output);
  }

  /** What could not be sent goes out with what came meanwhile. */
  @OnTimer("sendAgain")
  public void sendAgain(@TimerId("send") Timer send) {
    in(Duration.ZERO, send);
  }

  @OnTimer("look")
  public void look(
      @Key Integer number,
      @StateId("openJobs") ValueState<OpenJobs> openState,
      @StateId("endedBatches") BagState<String> ended,
      @TimerId("look") Timer look,
      @TimerId("tryAgain") Timer tryAgain,
      MultiOutputReceiver out) {
    clock.tell(look.getCurrentRelativeTime());
    StreamLane.Looked looked = lane(number).look(openOf(openState));
    openState.write(looked.open());
    if (!looked.open().isEmpty()) {
      in(looked.pause(), look);
    }
    remember(looked.ended(), ended, tryAgain);
    looked.pages().forEach(out.get(StreamImports.PAGES)::output);
  }

  /** Failed items of batches that have ended come back as entries, once their rows say so. */
  @OnTimer("tryAgain")
  public void tryAgain(
      @Key Integer number,
      @StateId("waiting") BagState<ManifestEntry> waiting,
      /** How many of them have come since the lane was sent last. */
      @StateId("waitingCount") ValueState<Integer> count,
      @StateId("endedBatches") BagState<String> ended,
      @TimerId("send") Timer send,
      @TimerId("tryAgain") Timer tryAgain) {
    clock.tell(tryAgain.getCurrentRelativeTime());
    StreamLane lane = lane(number);
    List<String> unsettled = new ArrayList<>();
    int failures = 0;
    for (String batchId : ImmutableList.copyOf(ended.read())) {
      Optional<List<ManifestEntry>> ofBatch = lane.failures(batchId);
      if (ofBatch.isEmpty()) {
        unsettled.add(batchId);
      } else {
        ofBatch.get().forEach(waiting::add);
        failures += ofBatch.get().size();
      }
    }
    ended.clear();
    remember(unsettled, ended, tryAgain);
    if (failures > 0) {
      count.write(countOf(count) + failures);
      in(settings.maxBatchDelay(), send);
    }
  }

  /** The stream is drained: what waits for a full batch is sent, and awaited by the next run. */
  @OnWindowExpiration
  public void drain(
      @Key Integer number,
      @StateId("waiting") BagState<ManifestEntry> waiting,
      @StateId("openJobs") ValueState<OpenJobs> openState,
      MultiOutputReceiver out) {
    List<ManifestEntry> entries = ImmutableList.copyOf(waiting.read());
    OpenJobs open = openOf(openState);
    // Nothing else waits for this thread any more.
    LaneSender lane =
        new LaneSender(apis, apis.open(number), number, ledger, clock, runId, settings, false);
    int left = Integer.MAX_VALUE;
    // An API that takes nothing is left to the next run, too.
    while (!entries.isEmpty() && entries.size() < left) {
      left = entries.size();
      clock.tell(org.joda.time.Instant.now());
      LaneSender.Sent sent = lane.send(entries, open);
      sent.rows().forEach(out.get(StreamImports.ROWS)::output);
      entries = sent.later();
      open = sent.open();
    }
  }

  private void remember(List<String> batchIds, BagState<String> ended, Timer tryAgain) {
    if (settings.maxAttempts() > 1 && !batchIds.isEmpty()) {
      batchIds.forEach(ended::add);
      in(SETTLING, tryAgain);
    }
  }

  private StreamLane lane(int number) {
    return lanes.computeIfAbsent(
        number, n -> new StreamLane(apis, n, ledger, clock, runId, settings));
  }

  private static void in(Duration pause, Timer timer) {
    timer.offset(org.joda.time.Duration.millis(pause.toMillis())).setRelative();
  }

  private static int countOf(ValueState<Integer> count) {
    Integer value = count.read();
    return value == null ? 0 : value;
  }

  private static OpenJobs openOf(ValueState<OpenJobs> state) {
    OpenJobs open = state.read();
    return open == null ? OpenJobs.NONE : open;
  }
}
