package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Packing;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Brings what a job's pages showed together with what was asked for. Takes submitted batches
 * ({@link #SUBMITTED}) and pages ({@link #PAGES}); yields whole rows ({@link #ROWS}) as items
 * become terminal, the rest when the job ends, and then the job's own row ({@link #JOBS}).
 *
 * <p>Rows are matched by URI, never by position (contract, section 4.7). Rows that nobody asked for
 * are counted, never dropped in silence.
 */
public final class SettleImports extends PTransform<PCollectionTuple, PCollectionTuple> {
  public static final TupleTag<TrackedBatch> SUBMITTED = new TupleTag<>() {};
  public static final TupleTag<JobPage> PAGES = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};
  public static final TupleTag<JobStatus> JOBS = new TupleTag<>() {};

  private static final TypeDescriptor<KV<String, byte[]>> KEYED = new TypeDescriptor<>() {};
  private static final Packing<BatchEvent> EVENTS = new Packing<>(new BatchEvent.EventCoder());
  static final Packing<Map<String, SeenItem>> SEEN =
      new Packing<>(MapCoder.of(StringUtf8Coder.of(), ValueCoder.of(SeenItem.class)));

  private final Clock clock;
  private final String runId;

  private SettleImports(Clock clock, String runId) {
    this.clock = clock;
    this.runId = runId;
  }

  public static SettleImports of(Clock clock, String runId) {
    return new SettleImports(clock, runId);
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    PCollection<KV<String, byte[]>> batches =
        input
            .get(SUBMITTED)
            .apply("BatchEvents", MapElements.into(KEYED).via(SettleImports::submitted));
    PCollection<KV<String, byte[]>> pages =
        input.get(PAGES).apply("PageEvents", MapElements.into(KEYED).via(SettleImports::read));
    PCollectionTuple settled =
        PCollectionList.of(batches)
            .and(pages)
            .apply("Events", Flatten.pCollections())
            .apply(
                "Settle",
                ParDo.of(new SettleFn(clock, runId)).withOutputTags(ROWS, TupleTagList.of(JOBS)));
    settled.get(ROWS).setCoder(ValueCoder.of(VideoStatus.class));
    settled.get(JOBS).setCoder(ValueCoder.of(JobStatus.class));
    return settled;
  }

  private static KV<String, byte[]> submitted(TrackedBatch batch) {
    return KV.of(batch.getBatch().getBatchId(), EVENTS.pack(BatchEvent.submitted(batch)));
  }

  private static KV<String, byte[]> read(JobPage page) {
    return KV.of(page.getBatchId(), EVENTS.pack(BatchEvent.read(page)));
  }

  static class SettleFn extends DoFn<KV<String, byte[]>, VideoStatus> {
    private static final long serialVersionUID = 1L;

    /** The event of the batch's submission. */
    @StateId("batch")
    private final StateSpec<ValueState<byte[]>> batchSpec = StateSpecs.value(ByteArrayCoder.of());

    /** Events of pages that came before their batch did: inputs of a state have no order. */
    @StateId("early")
    private final StateSpec<BagState<byte[]>> earlySpec = StateSpecs.bag(ByteArrayCoder.of());

    /** By URI. */
    @StateId("seen")
    private final StateSpec<ValueState<byte[]>> seenSpec = StateSpecs.value(ByteArrayCoder.of());

    /** Pages shown so far. */
    @StateId("shown")
    private final StateSpec<ValueState<Integer>> shownSpec = StateSpecs.value(VarIntCoder.of());

    /** The event of the job's last page, which may overtake others. */
    @StateId("end")
    private final StateSpec<ValueState<byte[]>> endSpec = StateSpecs.value(ByteArrayCoder.of());

    /** When the last rows of the batch were made. */
    @StateId("rowsAt")
    private final StateSpec<ValueState<Long>> rowsAtSpec = StateSpecs.value(VarLongCoder.of());

    private final Clock clock;
    private final String runId;

    SettleFn(Clock clock, String runId) {
      this.clock = clock;
      this.runId = runId;
    }

    @ProcessElement
    public void settle(
        @Element KV<String, byte[]> event,
        @StateId("batch") ValueState<byte[]> batchState,
        @StateId("early") BagState<byte[]> early,
        @StateId("seen") ValueState<byte[]> seenState,
        @StateId("shown") ValueState<Integer> shown,
        @StateId("end") ValueState<byte[]> endState,
        @StateId("rowsAt") ValueState<Long> rowsAt,
        MultiOutputReceiver out) {
      byte[] arrived = event.getValue();
      List<JobPage> pages = new ArrayList<>();
      if (BatchEvent.isSubmission(arrived)) {
        batchState.write(arrived);
        early.read().forEach(page -> pages.add(EVENTS.unpack(page).page()));
        early.clear();
      } else if (batchState.read() == null) {
        early.add(arrived);
      } else {
        pages.add(EVENTS.unpack(arrived).page());
      }
      if (pages.isEmpty()) {
        return;
      }
      TrackedBatch batch = EVENTS.unpack(batchState.read()).batch();
      BatchSettlement settlement =
          new BatchSettlement(batch, runId, clock, rowsAt.read() == null ? 0 : rowsAt.read());
      Map<String, SeenItem> seen = new HashMap<>();
      if (seenState.read() != null) {
        seen.putAll(SEEN.unpack(seenState.read()));
      }
      int count = shown.read() == null ? 0 : shown.read();
      JobPage end = endState.read() == null ? null : EVENTS.unpack(endState.read()).page();
      for (JobPage page : pages) {
        settlement.show(page, seen).forEach(out.get(ROWS)::output);
        count++;
        end = page.getEnd() == null ? end : page;
      }
      if (end == null || count <= end.getNumber()) {
        seenState.write(SEEN.pack(seen));
        shown.write(count);
        rowsAt.write(settlement.rowsAt());
        if (end != null) {
          endState.write(EVENTS.pack(BatchEvent.read(end)));
        }
        return;
      }
      settlement.end(end, seen).forEach(out.get(ROWS)::output);
      out.get(JOBS).output(settlement.closedJob(end));
      batchState.clear();
      seenState.clear();
      shown.clear();
      endState.clear();
      rowsAt.clear();
    }
  }
}
