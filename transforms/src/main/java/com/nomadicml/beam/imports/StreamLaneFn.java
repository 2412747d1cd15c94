package com.nomadicml.beam.imports;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
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

  /** Entries that wait for others to share a batch with. */
  @StateId("waiting")
  private final StateSpec<BagState<ManifestEntry>> waitingSpec = StateSpecs.bag();

  /** How many of them have come since the lane was sent last. */
  @StateId("waitingCount")
  private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

  /** Entries of batches that are written, and could not be sent when it was their turn. */
  @StateId("later")
  private final StateSpec<BagState<ManifestEntry>> laterSpec = StateSpecs.bag();

  @StateId("openJobs")
  private final StateSpec<ValueState<OpenJobs>> openSpec =
      StateSpecs.value(new OpenJobs.OpenJobsCoder());

  /** Batches that have ended, and whose failed items are to be tried again. */
  @StateId("endedBatches")
  private final StateSpec<BagState<String>> endedSpec = StateSpecs.bag(StringUtf8Coder.of());

  @TimerId("send")
  private final TimerSpec sendSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  /** Of its own: what came back keeps no full batch waiting, and cuts no batch before its time. */
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
      @StateId("waitingCount") ValueState<Integer> count,
      @StateId("later") BagState<ManifestEntry> later,
      @StateId("openJobs") ValueState<OpenJobs> openState,
      @StateId("endedBatches") BagState<String> ended,
      @TimerId("send") Timer send,
      @TimerId("sendAgain") Timer sendAgain,
      @TimerId("look") Timer look,
      @TimerId("tryAgain") Timer tryAgain,
      MultiOutputReceiver out) {
    if (hasToWait(number, send)) {
      return;
    }
    List<ManifestEntry> entries = all(later, waiting);
    waiting.clear();
    count.clear();
    send(number, entries, later, openState, ended, sendAgain, look, tryAgain, out);
  }

  @OnTimer("sendAgain")
  public void sendAgain(
      @Key Integer number,
      @StateId("later") BagState<ManifestEntry> later,
      @StateId("openJobs") ValueState<OpenJobs> openState,
      @StateId("endedBatches") BagState<String> ended,
      @TimerId("sendAgain") Timer sendAgain,
      @TimerId("look") Timer look,
      @TimerId("tryAgain") Timer tryAgain,
      MultiOutputReceiver out) {
    if (hasToWait(number, sendAgain)) {
      return;
    }
    List<ManifestEntry> entries = ImmutableList.copyOf(later.read());
    send(number, entries, later, openState, ended, sendAgain, look, tryAgain, out);
  }

  /** Whether the lane's next request has to wait; then {@code timer} fires again when it may go. */
  private boolean hasToWait(Integer number, Timer timer) {
    clock.tell(timer.getCurrentRelativeTime());
    Duration wait = lane(number).sender().untilNextRequest();
    if (!wait.isZero()) {
      in(wait, timer);
    }
    return !wait.isZero();
  }

  private void send(
      Integer number,
      List<ManifestEntry> entries,
      BagState<ManifestEntry> later,
      ValueState<OpenJobs> openState,
      BagState<String> ended,
      Timer sendAgain,
      Timer look,
      Timer tryAgain,
      MultiOutputReceiver out) {
    OpenJobs open = openOf(openState);
    LaneSender.Sent sent = lane(number).sender().send(entries, open);
    later.clear();
    sent.later().forEach(later::add);
    if (!sent.later().isEmpty()) {
      in(sent.pause(), sendAgain);
    }
    openState.write(sent.open());
    if (open.isEmpty() && !sent.open().isEmpty()) {
      // Where there were others, the next look is set already.
      in(Duration.ofSeconds(1), look);
    }
    remember(sent.ended(), ended, tryAgain);
    sent.submitted().forEach(out.get(StreamImports.SUBMITTED)::output);
    sent.rows().forEach(out.get(StreamImports.ROWS)::output);
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
      int before = countOf(count);
      count.write(before + failures);
      if (before < settings.batchSize() && before + failures >= settings.batchSize()) {
        in(Duration.ZERO, send);
      } else if (before == 0) {
        in(settings.maxBatchDelay(), send);
      }
    }
  }

  /** The stream is drained: what waits for a full batch is sent, and awaited by the next run. */
  @OnWindowExpiration
  public void drain(
      @Key Integer number,
      @StateId("waiting") BagState<ManifestEntry> waiting,
      @StateId("later") BagState<ManifestEntry> later,
      @StateId("openJobs") ValueState<OpenJobs> openState,
      MultiOutputReceiver out) {
    List<ManifestEntry> entries = all(later, waiting);
    if (!entries.isEmpty()) {
      clock.tell(org.joda.time.Instant.now());
      // Nothing else waits for this thread any more.
      new LaneSender(apis, apis.open(number), number, ledger, clock, runId, settings, false)
          .send(entries, openOf(openState))
          .rows()
          .forEach(out.get(StreamImports.ROWS)::output);
    }
  }

  private static List<ManifestEntry> all(
      BagState<ManifestEntry> later, BagState<ManifestEntry> waiting) {
    return ImmutableList.copyOf(Iterables.concat(later.read(), waiting.read()));
  }

  private void remember(List<String> batchIds, BagState<String> ended, Timer tryAgain) {
    if (settings.maxAttempts() > 1 && !batchIds.isEmpty()) {
      if (ended.isEmpty().read()) {
        // Others that end meanwhile must not put it off.
        in(SETTLING, tryAgain);
      }
      batchIds.forEach(ended::add);
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
