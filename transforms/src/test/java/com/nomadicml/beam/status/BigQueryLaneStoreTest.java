package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.SharedQuota.Limits;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lane's queue over a model of BigQuery. */
class BigQueryLaneStoreTest implements LaneLeaseContract {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  private StatusStore store;

  @BeforeEach
  void createTables() {
    store = BigQueryModel.fresh();
  }

  @Override
  public StatusStore store() {
    return store;
  }

  @Test
  void noTwoTakeTheSameRequests() {
    QuotaLedger ledger = store.quota().orElseThrow();
    assertThat(ledger.isThere()).isTrue();
    Limits limits = new Limits(60, 45, ledger.ahead());

    int sum = 0;
    for (int i = 0; i < 4; i++) {
      String sender = "run-" + i;
      sum +=
          ledger
              .take(quota -> quota.take(sender, List.of(), Instant.EPOCH, limits, NOON))
              .requests();
    }

    assertThat(sum).isEqualTo(45);
  }

  @Test
  void whatRunsOfAnEarlierVersionHaveSpentIsSpent() {
    store.recordRun(StatusRows.run("r1", NOON, 40));
    QuotaLedger ledger = store.quota().orElseThrow();
    Limits limits = new Limits(60, 45, ledger.ahead());

    assertThat(
            ledger
                .take(quota -> quota.take("run-1", List.of(), Instant.EPOCH, limits, NOON))
                .requests())
        .isEqualTo(5);
  }

  @Test
  void whoReadTheQuotaBeforeAnotherChangedItReadsItAgain() {
    QuotaLedger ledger = store.quota().orElseThrow();
    Limits limits = new Limits(60, 45, ledger.ahead());
    int[] asked = {0};

    SharedQuota.Grant grant =
        ledger.take(
            quota -> {
              if (asked[0]++ == 0) {
                ledger.take(other -> other.take("other", List.of(), Instant.EPOCH, limits, NOON));
              }
              return quota.take("slow", List.of(), Instant.EPOCH, limits, NOON);
            });

    assertThat(asked[0]).isEqualTo(2);
    assertThat(grant.requests()).isEqualTo(15);
  }

  @Test
  void whatIsPlannedIsThereByBatch() {
    List<TrackedBatch> batches = List.of(planned("a", 3), planned("b", 2));
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PAssert.that(
            pipeline
                .apply(Create.of(batches).withCoder(new TrackedBatchCoder()))
                .apply(store.writePlanned()))
        .containsInAnyOrder(batches);
    pipeline.run().waitUntilFinish();

    LaneStore lane = lane("run-1");
    assertThat(lane.adopt("run-1", false))
        .extracting(LaneStore.OpenBatch::job)
        .containsExactlyInAnyOrder(batches.get(0).getJob(), batches.get(1).getJob());
    for (TrackedBatch batch : batches) {
      assertThat(lane.rows(batch.getBatch().getBatchId())).isEqualTo(batch.plannedRows());
    }
  }

  /**
   * Of two plans that share an item, the later one has it; one that may have been sent keeps it.
   */
  @Test
  void anItemIsOfTheBatchThatItsRowNamesUnlessAnotherWasSent() {
    TrackedBatch first = planned("a", 3);
    write(first);
    LaneStore lane = lane("run-1");
    lane.adopt("run-1", false);
    TrackedBatch second = planAgain(first, 1, 1);
    write(second);

    lane.adopt("run-1", false);
    assertThat(lane.rows(first.getBatch().getBatchId())).hasSize(1);
    assertThat(lane.rows(second.getBatch().getBatchId())).hasSize(2);

    assertThat(
            lane.intend(second.getJob(), "run-1", 1, AT, batch -> new LaneStore.Body("{}", "key")))
        .isPresent();
    write(planAgain(first, 2, 2));

    assertThat(lane("run-2").adopt("run-2", false))
        .extracting(open -> open.job().getBatchId())
        .containsExactlyInAnyOrder(first.getBatch().getBatchId(), second.getBatch().getBatchId());
    assertThat(BigQueryModel.query("SELECT batch_id FROM import_videos ORDER BY source_uri"))
        .extracting(row -> row.get("batch_id"))
        .containsExactly(
            first.getBatch().getBatchId(),
            second.getBatch().getBatchId(),
            second.getBatch().getBatchId());
  }

  /** Between its jobs and its rows; whoever cuts again may have a clock that is behind. */
  @Test
  void aCutThatWasCutOffIsMadeAgain() {
    TrackedBatch whole = planned("a", 5);
    write(whole);
    LaneStore killed = lane("run-1");
    killed.adopt("run-1", false);
    int[] rows = {0};
    BigQueryModel.beforeEachRow(
        () -> {
          // The items of both parts, and their jobs.
          if (rows[0]++ == 5 + 2) {
            throw new IllegalStateException("killed");
          }
        });
    assertThatThrownBy(() -> killed.cut(whole.getJob(), 2, "run-1", AT.plusSeconds(9)))
        .hasRootCauseMessage("killed");
    BigQueryModel.beforeEachRow(() -> {});
    LaneStore lane = lane("run-2");
    assertThat(lane.adopt("run-2", false))
        .extracting(open -> open.job().getBatchId())
        .containsExactly(whole.getBatch().getBatchId());

    List<JobStatus> parts = lane.cut(whole.getJob(), 2, "run-2", AT.plusSeconds(3));

    assertThat(parts).extracting(part -> sent(lane, part).size()).containsExactly(2, 3);
  }

  /** Which has kept no rows beside the batch, and no intents. */
  @Test
  void batchesOfAnEarlierVersionAreTakenUpWithTheirOwnIdAsTheKey() {
    List<TrackedBatch> planned = List.of(planned("a", 2), planned("b", 3));
    planned.forEach(this::write);
    BigQueryStatusStore tables = (BigQueryStatusStore) store;
    try (BigQueryAppends appends = new BigQueryAppends(tables, true)) {
      for (TrackedBatch batch : planned) {
        appends.delete(
            tables.items(), batch.plannedRows().stream().map(BigQueryAdoption::gone).toList());
      }
    }
    LaneStore lane = lane("run-2");
    assertThat(lane.adopt("run-2", false)).hasSize(2);

    for (TrackedBatch batch : planned) {
      String batchId = batch.getBatch().getBatchId();
      assertThat(lane.rows(batchId)).isEqualTo(batch.plannedRows());
      assertThat(
              lane.intend(batch.getJob(), "run-2", 1, AT, any -> new LaneStore.Body("{}", "other")))
          .map(fixed -> fixed.body().key())
          .contains(batchId);
    }
  }

  @Test
  void whatAStreamPlansIsThereAndItsLaneHearsOfIt() {
    List<TrackedBatch> batches = List.of(planned("a", 3), planned("b", 2));
    LaneStore lane = lane("run-1");
    assertThat(lane.arrived("run-1", false)).isEmpty();
    TestStream<TrackedBatch> planner =
        TestStream.create(new TrackedBatchCoder())
            .addElements(batches.get(0), batches.get(1))
            .advanceWatermarkToInfinity();
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PAssert.that(pipeline.apply(planner).apply(store.writePlanned())).containsInAnyOrder(batches);
    pipeline.run().waitUntilFinish();

    assertThat(lane.arrived("run-2", false)).isEmpty();
    assertThat(lane.arrived("run-1", false))
        .extracting(LaneStore.OpenBatch::job)
        .containsExactlyInAnyOrder(batches.get(0).getJob(), batches.get(1).getJob());
    for (TrackedBatch batch : batches) {
      assertThat(lane.rows(batch.getBatch().getBatchId())).isEqualTo(batch.plannedRows());
    }
    BigQueryModel.ASKED.clear();
    assertThat(lane.arrived("run-1", false)).isEmpty();
    assertThat(BigQueryModel.ASKED)
        .singleElement()
        .asString()
        .contains("FROM `model.dataset.import_arrivals` WHERE")
        .doesNotContain("JOIN");
  }

  /** A stream plans while its lane sends: each item is sent in the batch that its row names. */
  @Test
  void anItemThatIsPlannedAgainWhileALaneSendsIsSentOnce() {
    TrackedBatch first = planned("a", 3);
    TrackedBatch second = planAgain(first, 1, 1);
    LaneStore lane = lane("run-1");
    arrive(lane, first);
    assertThat(lane.rows(first.getBatch().getBatchId())).hasSize(3);
    arrive(lane, second);

    assertThat(sent(lane, first)).containsExactly("s3://a/0");
    assertThat(lane.rows(first.getBatch().getBatchId())).hasSize(1);
    assertThat(sent(lane, second)).containsExactly("s3://a/1", "s3://a/2");

    // What was sent is not answered yet.
    TrackedBatch third = planAgain(first, 2, 60);
    arrive(lane, third);
    assertThat(sent(lane, third)).isEmpty();
    assertThat(store.job(third.getBatch().getBatchId()).orElseThrow().getState())
        .isEqualTo(JobState.STOPPED);
    assertThat(lane("run-2").adopt("run-2", false))
        .extracting(open -> open.job().getBatchId())
        .containsExactlyInAnyOrder(first.getBatch().getBatchId(), second.getBatch().getBatchId());
  }

  private void arrive(LaneStore lane, TrackedBatch batch) {
    write(batch);
    BigQueryModel.arrives(store, batch.getJob());
    assertThat(lane.arrived("run-1", false)).hasSize(1);
  }

  private static List<String> sent(LaneStore lane, TrackedBatch batch) {
    return sent(lane, batch.getJob());
  }

  private static List<String> sent(LaneStore lane, JobStatus job) {
    return lane
        .intend(job, job.getRunId(), 1, AT, any -> new LaneStore.Body("{}", "key"))
        .map(fixed -> fixed.batch().getBatch().getItems())
        .orElse(List.of())
        .stream()
        .map(ImportItem::getSourceUri)
        .toList();
  }

  /** By the clock of BigQuery, as those of an earlier run of the same stream are. */
  @Test
  void positionsOfOutcomesBeginWithTheTime() {
    long before = System.currentTimeMillis();
    aLaterRunGoesOnBehindAnEarlierOne();

    assertThat(store.lane().closed("r1", before, 9)).hasSize(1);
    assertThat(store.lane().closed("r2", before, 9)).hasSize(1);
  }

  @Test
  void aLaneAsksNowAndThenWhetherItIsStillTheOne() {
    TrackedBatch planned = planned("a", 2);
    write(planned);
    long epoch = store.lane().lease().take("run-1", "here", LONG).orElseThrow().epoch();
    lane("run-1");
    LaneStore held = store.lane().heldBy(epoch);
    BigQueryModel.ASKED.clear();
    for (int i = 0; i < 5; i++) {
      held.page("user/", "run-1", planned.getBatch().getBatchId(), null, List.of(), null);
    }

    assertThat(BigQueryModel.ASKED.stream().filter(sql -> sql.contains("import_lanes"))).hasSize(1);
  }

  private LaneStore lane(String runId) {
    String machine = HolderProcess.current().machine();
    store
        .leases()
        .acquire(
            new LeaseClaim(
                "user/",
                runId,
                new HolderProcess("it", "", machine + "|999999999|1"),
                Lease.Kind.BATCH),
            LONG);
    return store.lane();
  }

  private void write(TrackedBatch batch) {
    store.recordVideos(batch.plannedRows());
    store.recordJob(batch.getJob());
  }

  /** A later plan of the items from one on. */
  private static TrackedBatch planAgain(TrackedBatch plan, int from, int seconds) {
    List<ImportItem> items = plan.getBatch().getItems();
    ImportBatch batch =
        ImportBatch.of(plan.getBatch().getTarget(), items.subList(from, items.size()), 1);
    return TrackedBatch.of(batch, JobStatus.planned(batch, "run-1", AT.plusSeconds(seconds)));
  }

  private static TrackedBatch planned(String bucket, int items) {
    ImportTarget target = ImportTarget.of(Provider.S3, bucket, null, null, "user", false);
    ImportBatch batch =
        ImportBatch.of(
            target,
            IntStream.range(0, items)
                .mapToObj(i -> ImportItem.of("s3://" + bucket + "/" + i, Map.of(), "m", i))
                .toList(),
            1);
    return TrackedBatch.of(batch, JobStatus.planned(batch, "run-1", AT));
  }
}
