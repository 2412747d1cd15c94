package com.nomadicml.beam.status;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.BigQueryBatches.Known;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.annotation.Nullable;

/**
 * A lane's queue in BigQuery.
 *
 * <p>The lane's lease and the limiter are changed by statements, all else by upserts, which replace
 * whole rows. There is no transaction across them. So each method writes in an order in which what
 * was cut off may be done again:
 *
 * <ul>
 *   <li>a plan: its rows by batch ({@code import_items}), its jobs, and last {@code import_videos};
 *       a batch that no row there names is not open;
 *   <li>a send: the intent with its body and key, and then the request; what the API has taken: the
 *       job, and then its rows, or the rows first where only they know the videos;
 *   <li>a page: its rows in {@code import_videos} and then by batch, from where they are read when
 *       the lane begins anew, its cursor, at the end the batch's outcome, and last its job.
 * </ul>
 *
 * <p>{@code import_videos.batch_id} decides whose an item is, but it is asked once, when a lane
 * takes up what is open ({@link BigQueryAdoption}); from then on the rows by batch say the same.
 * For one lane at a time holds a destination, and planners are done before it begins. A planner
 * that is late may still take rows of a batch over. Where that batch is in doubt, or sent, the next
 * adoption or the rows of its answer take them back; where it is not, they are the planner's. The
 * planners of a stream are never done: its lane asks before each send, and raises the rows that
 * name the batch above any other plan.
 *
 * <p>A row of {@code import_items} stays as its attempt has left it: it is the history of attempts.
 */
final class BigQueryLaneStore implements LaneStore {
  private static final Duration POLL = Duration.ofSeconds(10);

  private final BigQueryStatusStore store;
  @Nullable private final Long epoch;
  private final transient BigQueryAppends appends;
  private final transient BigQueryBatches batches;
  private final transient BigQueryFence fence;
  private final transient BigQueryHistory history;
  private final transient BigQueryProgress progress;
  private final transient BigQueryReplan replan;
  private final transient BigQueryArrivals arrivals;

  /** Whether batches are planned while the lane works. */
  private transient boolean isOfAStream;

  /**
   * @param epoch of the lane that writes; null for one that is driven by hand
   */
  BigQueryLaneStore(BigQueryStatusStore store, @Nullable Long epoch) {
    this.store = store;
    this.epoch = epoch;
    this.appends = new BigQueryAppends(store, epoch != null);
    this.batches = new BigQueryBatches(store);
    this.fence = new BigQueryFence(store, epoch);
    this.history = new BigQueryHistory(store, appends);
    this.progress = new BigQueryProgress(store, appends, batches);
    this.replan = new BigQueryReplan(store, appends, batches, fence, progress);
    this.arrivals = new BigQueryArrivals(store, appends);
  }

  private record Handle(BigQueryStatusStore store, @Nullable Long epoch) implements Serializable {
    private Object readResolve() {
      return new BigQueryLaneStore(store, epoch);
    }
  }

  private Object writeReplace() {
    return new Handle(store, epoch);
  }

  @Override
  public synchronized List<OpenBatch> adopt(String runId, boolean held) {
    return takeOver(new BigQueryAdoption(store, appends, batches).open(runId), runId, held);
  }

  @Override
  public void announce(String runId, String destination) {
    arrivals.announce(runId, destination);
  }

  @Override
  public synchronized List<OpenBatch> arrived(String runId, boolean held) {
    isOfAStream = true;
    List<RowValues> arrived = arrivals.of(runId);
    if (arrived.isEmpty()) {
      return List.of();
    }
    List<Known> all = batches.learn(arrived.stream().map(row -> row.text("batch_id")).toList());
    List<OpenBatch> taken =
        takeOver(
            all.stream()
                .filter(batch -> JdbcArrivals.OPEN.contains(batch.job().getState()))
                .toList(),
            runId,
            held);
    // Or a lane that has lost its place would keep them from the one that has it.
    fence.check(runId);
    arrivals.forget(arrived);
    return taken;
  }

  private List<OpenBatch> takeOver(List<Known> all, String runId, boolean held) {
    List<Known> open = all.stream().filter(batch -> !(held && isInDoubt(batch.job()))).toList();
    List<JobStatus> adopted = new ArrayList<>();
    for (Known batch : open) {
      if (!batch.job().getRunId().equals(runId)) {
        adopted.add(progress.known(batch.job().toBuilder().setRunId(runId).build()));
      }
    }
    appends.upsert(store.jobs(), adopted);
    return open.stream()
        .map(batch -> new OpenBatch(batch.job(), batch.intent(), batch.cursor()))
        .toList();
  }

  private static boolean isInDoubt(JobStatus job) {
    return job.getState() == JobState.SUBMIT_UNKNOWN && job.getSubmittedAt() == null;
  }

  @Override
  public Set<ImportTarget> proven(String runId, Instant since) {
    return new BigQueryAdoption(store, appends, batches).proven(runId, since);
  }

  @Override
  public synchronized List<VideoStatus> rows(String batchId) {
    return batches.rows(batchId);
  }

  @Override
  public synchronized Optional<Fixed> intend(
      JobStatus job, String runId, int sends, Instant at, Function<TrackedBatch, Body> body) {
    String batchId = job.getBatchId();
    fence.check(job.getTarget().destination(), runId);
    Known known = batches.of(batchId);
    if (known != null && known.sends() > 0) {
      // Whoever sent it before may have been told since that it was taken.
      known = batches.again(batchId);
    }
    if (known == null || known.job().getSubmittedAt() != null || known.sends() != sends - 1) {
      return Optional.empty();
    }
    List<VideoStatus> rows = batches.rows(batchId);
    if (isOfAStream && known.sends() == 0) {
      rows = progress.claim(job, rows);
    }
    if (rows.isEmpty()) {
      progress.write(
          BigQueryReplan.stopped(known.job(), runId, "its items belong to other batches", at));
      return Optional.empty();
    }
    JobStatus exact = job.toBuilder().setRequested(rows.size()).build();
    TrackedBatch batch = BatchCut.whole(exact, rows);
    Body fixed = body(batch, known.intent(), body);
    if (known.job().getRequested() != rows.size()) {
      progress.write(known.job().toBuilder().setRequested(rows.size()).build());
    }
    progress.write(batchId, new Intent(runId, fixed.key(), sends, at), fixed.text());
    // The write may have waited for longer than the lane was held.
    fence.check(job.getTarget().destination(), runId);
    return Optional.of(new Fixed(batch, fixed, sends));
  }

  /** A batch of an earlier version has its key, and its items are its body. */
  private Body body(
      TrackedBatch batch, @Nullable Intent before, Function<TrackedBatch, Body> maker) {
    if (before == null) {
      return maker.apply(batch);
    }
    String text = history.body(batch.getBatch().getBatchId());
    return new Body(text == null ? maker.apply(batch).text() : text, before.key());
  }

  @Override
  public synchronized void withdraw(String batchId, int sends) {
    // A lane that was lost may be the one to say so.
    Known known = batches.again(batchId);
    if (known != null && known.intent() != null && known.sends() == sends) {
      Intent before = known.intent();
      Intent now = new Intent(before.runId(), before.key(), sends - 1, before.at());
      progress.write(batchId, now, history.body(batchId));
    }
  }

  @Override
  public synchronized void taken(TrackedBatch batch, String runId, Instant at) {
    List<VideoStatus> rows = batch.rows(VideoState.SUBMITTED, null, null, runId, at);
    if (batch.getJob().getImportJobId() == null) {
      // Only the rows can say what became of it: a job without them would be lost.
      progress.write(rows);
      progress.write(batch.getJob());
    } else {
      // Whatever becomes of the rows: what is known to be taken is never sent again.
      progress.write(batch.getJob());
      progress.write(rows);
    }
  }

  @Override
  public synchronized void record(JobStatus job) {
    progress.write(job);
  }

  @Override
  public synchronized void record(
      JobStatus job,
      VideoState rows,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      String runId,
      Instant at) {
    fence.check(job.getTarget().destination(), runId);
    progress.write(
        batches
            .unsent(job.getBatchId())
            .map(
                row ->
                    row.toBuilder()
                        .setState(rows)
                        .setErrorCode(errorCode)
                        .setErrorMessage(errorMessage)
                        .setRunId(runId)
                        .setUpdatedAt(at.toEpochMilli())
                        .setSequence(
                            Sequence.after(row.getSequence(), row.getAttempt(), rows.rank(), at))
                        .build())
            .toList());
    history.close(runId, job.getBatchId());
    progress.write(job);
    batches.end(job.getBatchId());
  }

  @Override
  public synchronized List<JobStatus> cut(JobStatus whole, int first, String runId, Instant at) {
    return replan.cut(whole, first, runId, at);
  }

  @Override
  public synchronized void unplan(
      List<JobStatus> stopped, String errorCode, String errorMessage, String runId, Instant at) {
    replan.unplan(stopped, errorCode, errorMessage, runId, at);
  }

  @Override
  public synchronized void page(
      String destination,
      String runId,
      String batchId,
      @Nullable JobStatus job,
      List<VideoStatus> rows,
      @Nullable Cursor cursor) {
    fence.check(destination, runId);
    progress.write(rows);
    progress.write(batchId, cursor);
    if (job != null) {
      history.close(runId, batchId);
      progress.write(job);
      batches.end(batchId);
    }
  }

  @Override
  public synchronized void retry(TrackedBatch batch) {
    fence.check(batch.getBatch().getTarget().destination(), batch.getJob().getRunId());
    replan.plan(List.of(batch.getJob()), batch.plannedRows());
  }

  @Override
  public List<Outcome> outcomes(String runId) {
    return history.outcomes(runId);
  }

  @Override
  public synchronized List<Closed> closed(String runId, long from, int most) {
    List<Closed> closed = history.closed(runId, from, most);
    batches.areNext(closed.stream().map(Closed::batchId).toList());
    return closed;
  }

  @Override
  public List<VideoStatus> unplanned(
      String runId, @Nullable VideoStatus after, long skipped, int most) {
    return history.unplanned(runId, after, skipped, most);
  }

  @Override
  public LaneLease lease() {
    return new BigQueryLaneLease(store);
  }

  @Override
  public LaneStore heldBy(long epoch) {
    return new BigQueryLaneStore(store, epoch);
  }

  @Override
  public Duration pollInterval() {
    return POLL;
  }

  @Override
  public void counted(String runId, Collection<PartCount> counts) {
    history.counted(runId, counts);
  }

  @Override
  public Map<String, Long> counts(String runId) {
    return history.counts(runId, "");
  }

  @Override
  public Map<String, Long> planned(String runId) {
    return history.counts(runId, " AND part NOT LIKE '" + LANE_PART + "%'");
  }

  @Override
  public void event(String runId, Instant at, String kind, String text) {
    history.event(runId, at, kind, text);
  }

  @Override
  public List<String> events(String runId, String kind) {
    return history.events(runId, kind);
  }

  @Override
  public void requests(
      String runId, String process, Instant hour, long sent, long refused, long failed) {
    history.requests(runId, process, hour, sent, refused, failed);
  }

  @Override
  public Map<Instant, Long> requestsOfOthers(String runId, String process) {
    return history.requestsOfOthers(runId, process);
  }

  @Override
  public void close() {
    appends.close();
  }
}
