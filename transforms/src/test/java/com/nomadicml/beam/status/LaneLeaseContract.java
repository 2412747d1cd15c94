package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneLease.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds for the lanes of every database, by its own clock. */
interface LaneLeaseContract {
  Duration LONG = Duration.ofMinutes(2);

  /** The store under test, its tables created. */
  StatusStore store();

  @Test
  default void aLaneHasOneProcess() {
    LaneLease lanes = store().lane().lease();

    assertThat(lanes.take("r1", "elsewhere|1|1", LONG)).contains(new Taken(1, false));
    assertThat(lanes.take("r1", "elsewhere|2|1", LONG)).isEmpty();
    assertThat(lanes.take("r2", "elsewhere|2|1", LONG)).contains(new Taken(1, false));
  }

  @Test
  default void anExpiredLaneIsTakenFromAProcessThatMayBeAlive() {
    LaneLease lanes = store().lane().lease();
    lanes.take("r1", "elsewhere|1|1", Duration.ZERO);

    assertThat(lanes.take("r1", "elsewhere|2|1", LONG)).contains(new Taken(2, true));
    assertThat(lanes.renew("r1", 1, LONG)).isFalse();
    assertThat(lanes.renew("r1", 2, LONG)).isTrue();
  }

  @Test
  default void aProcessThatDiedOnThisMachineIsNotWaitedFor() {
    LaneLease lanes = store().lane().lease();
    lanes.take("r1", HolderProcess.current().machine() + "|999999999|1", LONG);

    assertThat(lanes.take("r1", "elsewhere|2|1", LONG)).contains(new Taken(2, false));
  }

  @Test
  default void aLaneThatWasGivenBackIsFree() {
    LaneLease lanes = store().lane().lease();
    lanes.take("r1", "elsewhere|1|1", LONG);
    lanes.release("r1", 1);

    assertThat(lanes.take("r1", "elsewhere|2|1", LONG)).contains(new Taken(2, false));
  }

  /** As one does whose lane broke with a request on the wire. */
  @Test
  default void aProcessInheritsItsOwnLaneUnlessItHasGivenItBack() {
    LaneLease lanes = store().lane().lease();
    String here = HolderProcess.current().identity();
    lanes.take("r1", here, LONG);

    assertThat(lanes.take("r1", here, LONG)).contains(new Taken(2, true));
    lanes.release("r1", 2);
    assertThat(lanes.take("r1", here, LONG)).contains(new Taken(3, false));
  }

  @Test
  default void aLaneThatHasEndedIsNotTakenAgain() {
    LaneLease lanes = store().lane().lease();
    lanes.take("r1", "elsewhere|1|1", Duration.ZERO);
    assertThat(lanes.endOf("r1")).isEmpty();
    lanes.end("r1", 1, new LaneLease.End("DONE", ""));

    assertThat(lanes.take("r1", "elsewhere|2|1", LONG)).isEmpty();
    assertThat(lanes.endOf("r1")).contains(new LaneLease.End("DONE", ""));
  }

  @Test
  default void aLaneIsOpenUntilItEndsOrIsGivenBack() {
    LaneLease lanes = store().lane().lease();
    assertThat(lanes.isOpen("r1")).isFalse();
    lanes.take("r1", "elsewhere|1|1", Duration.ZERO);
    assertThat(lanes.isOpen("r1")).isTrue();
    lanes.release("r1", 1);
    assertThat(lanes.isOpen("r1")).isFalse();
    lanes.take("r1", "elsewhere|2|1", LONG);
    assertThat(lanes.isOpen("r1")).isTrue();
    lanes.end("r1", 2, new LaneLease.End("DONE", ""));
    assertThat(lanes.isOpen("r1")).isFalse();
  }

  @Test
  default void aLaneThatWasTakenOverChangesNoPlan() {
    LaneLease lanes = store().lane().lease();
    store()
        .leases()
        .acquire(new LeaseClaim("user/", "r1", HolderProcess.current(), Lease.Kind.BATCH), LONG);
    lanes.take("r1", "elsewhere|1|1", Duration.ZERO);
    lanes.take("r1", "elsewhere|2|1", LONG);
    ImportBatch batch = batch();
    JobStatus job = JobStatus.planned(batch, "r1", AT);
    LaneStore zombie = store().lane().heldBy(1);

    assertThatThrownBy(() -> zombie.record(job, VideoState.REFUSED, "X", "x", "r1", AT))
        .isInstanceOf(LeaseHeldException.class);
    assertThat(store().lane().closed("r1", 0, 9)).isEmpty();
    store().lane().heldBy(2).record(job, VideoState.REFUSED, "X", "x", "r1", AT);
    assertThat(store().lane().closed("r1", 0, 9))
        .extracting(LaneStore.Closed::batchId)
        .containsExactly(batch.getBatchId());
  }

  /** The line is not read again by who takes the batch up. */
  @Test
  default void aLaneKeepsWhatALineSaysOfItself() {
    Map<String, String> labels = Map.of("vehicle", "v1");
    ImportBatch batch =
        ImportBatch.of(
            ImportTarget.of(Provider.S3, "b", null, null, "user", false),
            List.of(
                ImportItem.of("s3://b/a.mp4", Map.of(), labels, "m", 1, "int-1"),
                ImportItem.of("s3://b/b.mp4", Map.of(), labels, "m", 2, "int-1")),
            1);
    TrackedBatch planned = TrackedBatch.of(batch, JobStatus.planned(batch, "r1", AT));
    store().recordVideos(planned.plannedRows());
    store().recordJob(planned.getJob());
    store()
        .leases()
        .acquire(new LeaseClaim("user/", "r2", HolderProcess.current(), Lease.Kind.BATCH), LONG);
    LaneStore lane = store().lane();
    lane.adopt("r2", false);
    assertThat(lane.rows(batch.getBatchId())).isEqualTo(planned.plannedRows());

    for (JobStatus part : lane.cut(planned.getJob(), 1, "r2", AT.plusSeconds(1))) {
      assertThat(lane.rows(part.getBatchId()))
          .singleElement()
          .satisfies(row -> assertThat(row.getLabels()).isEqualTo(labels))
          .satisfies(row -> assertThat(row.getIntegrationId()).isEqualTo("int-1"));
    }
    assertThat(store().videos("user/", List.of("s3://b/a.mp4", "s3://b/b.mp4")))
        .extracting(VideoStatus::getIntegrationId)
        .containsExactly("int-1", "int-1");
  }

  private static ImportBatch batch() {
    return batch("s3://b/a.mp4");
  }

  private static ImportBatch batch(String uri) {
    return ImportBatch.of(
        ImportTarget.of(Provider.S3, "b", null, null, "user", false),
        List.of(ImportItem.of(uri, Map.of(), Map.of(), "m", 1)),
        1);
  }

  /** What runs have closed one after the other has positions one after the other. */
  @Test
  default void aLaterRunGoesOnBehindAnEarlierOne() {
    JobStatus job = JobStatus.planned(batch(), "r1", AT);
    for (String run : List.of("r1", "r2")) {
      store()
          .leases()
          .acquire(new LeaseClaim("user/", run, HolderProcess.current(), Lease.Kind.BATCH), LONG);
      store().lane().record(job, VideoState.PENDING, null, null, run, AT);
      store().leases().release(run);
    }

    LaneStore.Closed first = store().lane().closed("r1", 0, 9).get(0);
    assertThat(store().lane().closed("r2", first.position(), 9)).hasSize(1);
  }

  @Test
  default void aStreamHearsOfABatchOnce() {
    TrackedBatch planned = TrackedBatch.of(batch(), JobStatus.planned(batch(), "r1", AT));
    store().recordVideos(planned.plannedRows());
    store().recordJob(planned.getJob());
    LaneStore lane = store().lane();
    assertThat(lane.arrived("r2", false)).isEmpty();

    lane.announce("r2", "user/elsewhere");
    assertThat(lane.arrived("r2", false)).isEmpty();
    lane.announce("r2", "user/");
    lane.announce("r2", "user/");
    assertThat(lane.arrived("r2", false))
        .extracting(open -> open.job().getBatchId())
        .containsExactly(batch().getBatchId());

    assertThat(lane.arrived("r2", false)).isEmpty();
    assertThat(store().job(batch().getBatchId()).orElseThrow().getRunId()).isEqualTo("r2");
  }

  /** Of what may be on the wire at once, of what was never sent then or later. */
  @Test
  default void theLaneOfAStreamHearsOfAllThatIsOpen() {
    ImportBatch sent = batch("s3://b/sent.mp4");
    ImportBatch unsent = batch("s3://b/unsent.mp4");
    for (ImportBatch batch : List.of(sent, unsent)) {
      TrackedBatch planned = TrackedBatch.of(batch, JobStatus.planned(batch, "r1", AT));
      store().recordVideos(planned.plannedRows());
      store().recordJob(planned.getJob());
    }
    lease("r1");
    store()
        .lane()
        .intend(
            JobStatus.planned(sent, "r1", AT), "r1", 1, AT, batch -> new LaneStore.Body("{}", "k"));
    store().leases().release("r1");
    lease("r2");

    LaneStore lane = store().lane();
    List<String> heard = new ArrayList<>();
    lane.adoptSent("r2", false).forEach(open -> heard.add(open.job().getBatchId()));
    assertThat(heard).contains(sent.getBatchId());
    lane.arrived("r2", false).forEach(open -> heard.add(open.job().getBatchId()));

    assertThat(heard).containsExactlyInAnyOrder(sent.getBatchId(), unsent.getBatchId());
    assertThat(lane.arrived("r2", false)).isEmpty();
  }

  @Test
  default void aLaneThatHasLostItsPlaceHearsOfNothing() {
    TrackedBatch planned = TrackedBatch.of(batch(), JobStatus.planned(batch(), "r1", AT));
    store().recordVideos(planned.plannedRows());
    store().recordJob(planned.getJob());
    lease("r2");
    store().lane().announce("r2", "user/");
    LaneLease lanes = store().lane().lease();
    LaneStore zombie =
        store().lane().heldBy(lanes.take("r2", "it|1|1", Duration.ZERO).orElseThrow().epoch());
    LaneStore heir = store().lane().heldBy(lanes.take("r2", "it|2|1", LONG).orElseThrow().epoch());

    assertThatThrownBy(() -> zombie.arrived("r2", false)).isInstanceOf(LeaseHeldException.class);
    assertThat(heir.arrived("r2", false)).hasSize(1);
  }

  private void lease(String run) {
    store()
        .leases()
        .acquire(new LeaseClaim("user/", run, HolderProcess.current(), Lease.Kind.BATCH), LONG);
  }

  @Test
  default void aBatchInDoubtThatIsHeldStaysWithItsRun() {
    TrackedBatch planned = TrackedBatch.of(batch(), JobStatus.planned(batch(), "r1", AT));
    store().recordVideos(planned.plannedRows());
    store()
        .recordJob(planned.getJob().toBuilder().inState(JobState.SUBMIT_UNKNOWN, AT.plusMillis(1)));
    store().lane().announce("r2", "user/");

    assertThat(store().lane().arrived("r2", true)).isEmpty();
    assertThat(store().job(batch().getBatchId()).orElseThrow().getRunId()).isEqualTo("r1");
  }
}
