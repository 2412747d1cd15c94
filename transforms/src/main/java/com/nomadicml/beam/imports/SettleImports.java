package com.nomadicml.beam.imports;

import com.google.common.collect.ImmutableList;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

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
    TypeDescriptor<BatchEvent> event = TypeDescriptor.of(BatchEvent.class);
    PCollection<BatchEvent> batches =
        input
            .get(SUBMITTED)
            .apply("BatchEvents", MapElements.into(event).via(BatchEvent::submitted));
    PCollection<BatchEvent> pages =
        input.get(PAGES).apply("PageEvents", MapElements.into(event).via(BatchEvent::read));
    return PCollectionList.of(batches)
        .and(pages)
        .apply("Events", Flatten.pCollections())
        .apply(
            "KeyByBatch", WithKeys.of(BatchEvent::batchId).withKeyType(TypeDescriptors.strings()))
        .apply(
            "Settle",
            ParDo.of(new SettleFn(clock, runId)).withOutputTags(ROWS, TupleTagList.of(JOBS)));
  }

  static class SettleFn extends DoFn<KV<String, BatchEvent>, VideoStatus> {
    private static final long serialVersionUID = 1L;

    @StateId("batch")
    private final StateSpec<ValueState<TrackedBatch>> batchSpec = StateSpecs.value();

    /** Pages that came before their batch did: inputs of a state have no order. */
    @StateId("early")
    private final StateSpec<BagState<JobPage>> earlySpec = StateSpecs.bag();

    @StateId("seen")
    private final StateSpec<MapState<String, SeenItem>> seenSpec =
        StateSpecs.map(StringUtf8Coder.of(), seenItemCoder());

    /** Pages shown so far. */
    @StateId("shown")
    private final StateSpec<ValueState<Integer>> shownSpec = StateSpecs.value();

    /** The job's last page, which may overtake others. */
    @StateId("end")
    private final StateSpec<ValueState<JobPage>> endSpec = StateSpecs.value();

    private final Clock clock;
    private final String runId;

    SettleFn(Clock clock, String runId) {
      this.clock = clock;
      this.runId = runId;
    }

    @ProcessElement
    public void settle(
        @Element KV<String, BatchEvent> event,
        @StateId("batch") ValueState<TrackedBatch> batchState,
        @StateId("early") BagState<JobPage> early,
        @StateId("seen") MapState<String, SeenItem> seen,
        @StateId("shown") ValueState<Integer> shown,
        @StateId("end") ValueState<JobPage> endState,
        MultiOutputReceiver out) {
      TrackedBatch arrived = event.getValue().getBatch();
      TrackedBatch batch = arrived == null ? batchState.read() : arrived;
      if (batch == null) {
        early.add(event.getValue().getPage());
        return;
      }
      Iterable<JobPage> pages;
      if (arrived == null) {
        pages = List.of(event.getValue().getPage());
      } else {
        batchState.write(arrived);
        pages = ImmutableList.copyOf(early.read());
        early.clear();
      }
      BatchSettlement settlement = new BatchSettlement(batch, runId, clock);
      int count = shown.read() == null ? 0 : shown.read();
      JobPage end = endState.read();
      for (JobPage page : pages) {
        settlement.show(page, seen).forEach(out.get(ROWS)::output);
        count++;
        end = page.getEnd() == null ? end : page;
      }
      if (end == null || count <= end.getNumber()) {
        shown.write(count);
        if (end != null) {
          endState.write(end);
        }
        return;
      }
      settlement.end(end, seen).forEach(out.get(ROWS)::output);
      out.get(JOBS).output(settlement.closedJob(end));
      batchState.clear();
      seen.clear();
      shown.clear();
      endState.clear();
    }

    /** Beam does not infer a schema's coder for the values of a map. */
    private static Coder<SeenItem> seenItemCoder() {
      try {
        return SchemaRegistry.createDefault().getSchemaCoder(SeenItem.class);
      } catch (NoSuchSchemaException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
