package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toMap;

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
import java.util.stream.Stream;
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
 * adoption or the rows of its answer take them back; where it is not, they are the planner's.
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

  /**
   * @param epoch of the lane that writes; null for one that is driven by hand
   */
  BigQueryLaneStore(BigQueryStatusStore store, @Nullable Long epoch) {
    this.store = store;
    this.epoch = epoch;
    this.appends = new BigQueryAppends(store.services(), epoch != null);
    this.batches = new BigQueryBatches(store);
    this.fence = new BigQueryFence(store, epoch);
    this.history = new BigQueryHistory(store, appends);
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
    List<Known> open =
        new BigQueryAdoption(store, appends, batches)
            .open(runId).stream().filter(batch -> !(held && isInDoubt(batch.job()))).toList();
    List<JobStatus> adopted = new ArrayList<>();
    for (Known batch : open) {
      if (!batch.job().getRunId().equals(runId)) {
        adopted.add(known(batch.job().toBuilder().setRunId(runId).build()));
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
    if (rows.isEmpty()) {
      write(stopped(known.job(), runId, "its items belong to other batches", at));
      return Optional.empty();
    }
    JobStatus exact = job.toBuilder().setRequested(rows.size()).build();
    TrackedBatch batch = BatchCut.whole(exact, rows);
    Body fixed = body(batch, known.intent(), body);
    if (known.job().getRequested() != rows.size()) {
      write(known.job().toBuilder().setRequested(rows.size()).build());
    }
    write(batchId, new Intent(runId, fixed.key(), sends, at), fixed.text());
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

  private void write(String batchId, Intent intent, @Nullable String body) {
    Known known = batches.of(batchId);
    long writes = known.intentWrites() + 1;
    appends.upsert(
        store.laneTable(LaneTables.INTENTS),
        List.of(
            new RowValues(LaneTables.INTENTS)
                .with("batch_id", batchId)
                .with("run_id", intent.runId())
                .with("idempotency_key", intent.key())
                .with("sends", (long) intent.sends())
                .with("sent_at", intent.at().toEpochMilli())
                .with("body", body)
                .with(LaneTables.SEQUENCE, writes)));
    batches.put(new Known(known.job(), intent, writes, known.cursor(), known.cursorWrites()));
  }

  @Override
  public synchronized void withdraw(String batchId, int sends) {
    // A lane that was lost may be the one to say so.
    Known known = batches.again(batchId);
    if (known != null && known.intent() != null && known.sends() == sends) {
      Intent before = known.intent();
      Intent now = new Intent(before.runId(), before.key(), sends - 1, before.at());
      write(batchId, now, history.body(batchId));
    }
  }

  @Override
  public synchronized void taken(TrackedBatch batch, String runId, Instant at) {
    List<VideoStatus> rows = batch.rows(VideoState.SUBMITTED, null, null, runId, at);
    if (batch.getJob().getImportJobId() == null) {
      // Only the rows can say what became of it: a job without them would be lost.
      write(rows);
      write(batch.getJob());
    } else {
      // Whatever becomes of the rows: what is known to be taken is never sent again.
      write(batch.getJob());
      write(rows);
    }
  }

  @Override
  public synchronized void record(JobStatus job) {
    write(job);
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
    write(
        unsent(job.getBatchId())
            .map(
                row ->
                    row.toBuilder()
                        .setState(rows)
                        .setErrorCode(errorCode)
                        .setErrorMessage(errorMessage)
                        .setRunId(runId)
                        .setUpdatedAt(at.toEpochMilli())
                        .setSequence(after(row, rows, at))
                        .build())
            .toList());
    history.close(runId, job.getBatchId());
    write(job);
  }

  private Stream<VideoStatus> unsent(String batchId) {
    return batches.rows(batchId).stream()
        .filter(
            row ->
                row.getState() == VideoState.PENDING
                    || row.getState() == VideoState.SUBMIT_UNKNOWN);
  }

  private static long after(VideoStatus row, VideoState state, Instant at) {
    return Math.max(row.getSequence() + 1, Sequence.of(row.getAttempt(), state.rank(), at));
  }

  @Override
  public synchronized List<JobStatus> cut(JobStatus whole, int first, String runId, Instant at) {
    String batchId = whole.getBatchId();
    fence.check(whole.getTarget().destination(), runId);
    Known known = batches.of(batchId);
    boolean isPlanned = whole.getState() == JobState.PLANNED;
    if (isPlanned && (known == null || !known.isUnsent())) {
      return List.of();
    }
    List<VideoStatus> rows = batches.rows(batchId);
    List<TrackedBatch> parts = BatchCut.parts(whole, rows, first, runId, at);
    Map<String, VideoStatus> before =
        rows.stream().collect(toMap(VideoStatus::getSourceUri, row -> row));
    List<VideoStatus> moved = new ArrayList<>();
    for (TrackedBatch part : parts) {
      for (VideoStatus planned : part.plannedRows()) {
        VideoStatus row = before.get(planned.getSourceUri());
        moved.add(
            planned.toBuilder()
                .setState(row.getState())
                .setSequence(row.getSequence() + 1)
                .build());
      }
    }
    plan(parts.stream().map(TrackedBatch::getJob).toList(), moved);
    write(isPlanned ? stopped(whole, runId, "it was cut in two", at) : whole);
    batches.forget(batchId);
    return parts.stream().map(TrackedBatch::getJob).toList();
  }

  private static JobStatus stopped(JobStatus job, String runId, String reason, Instant at) {
    return job.toBuilder()
        .setRunId(runId)
        .setErrorMessage(reason)
        .setCompletedAt(at.toEpochMilli())
        .inState(JobState.STOPPED, at);
  }

  /** Writes new batches, so that none is open before all of its rows are there. */
  private void plan(List<JobStatus> jobs, List<VideoStatus> rows) {
    appends.upsert(store.items(), rows);
    jobs.forEach(this::write);
    jobs.forEach(job -> batches.forget(job.getBatchId()));
    appends.upsert(store.videos(), rows);
  }

  @Override
  public synchronized void unplan(
      List<JobStatus> stopped, String errorCode, String errorMessage, String runId, Instant at) {
    for (JobStatus job : stopped) {
      fence.check(job.getTarget().destination(), runId);
      Known known = batches.of(job.getBatchId());
      if (known == null || !known.isUnsent()) {
        continue;
      }
      appends.upsert(
          store.videos(),
          unsent(job.getBatchId())
              .map(
                  row ->
                      row.toBuilder()
                          .setBatchId(null)
                          .setErrorCode(errorCode)
                          .setErrorMessage(errorMessage)
                          .setRunId(runId)
                          .setState(VideoState.PENDING)
                          .setUpdatedAt(at.toEpochMilli())
                          .setSequence(after(row, VideoState.PENDING, at))
                          .build())
              .toList());
      write(stopped(job, runId, errorMessage, at));
      batches.forget(job.getBatchId());
    }
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
    write(rows);
    write(batchId, cursor);
    if (job != null) {
      history.close(runId, batchId);
      write(job);
    }
  }

  private void write(String batchId, @Nullable Cursor cursor) {
    Known known = batches.of(batchId);
    if (cursor == null && (known == null || known.cursorWrites() == 0)) {
      return;
    }
    long writes = known == null ? 1 : known.cursorWrites() + 1;
    appends.upsert(
        store.laneTable("import_cursors"),
        List.of(
            new RowValues("import_cursors")
                .with("batch_id", batchId)
                .with("next_look_at", cursor == null ? 0L : cursor.nextLookAt().toEpochMilli())
                .with("waited", cursor == null ? 0L : cursor.waited())
                .with("reading", cursor == null ? null : cursor.reading())
                .with(LaneTables.SEQUENCE, writes)));
    if (known != null) {
      batches.put(new Known(known.job(), known.intent(), known.intentWrites(), cursor, writes));
    }
  }

  @Override
  public synchronized void retry(TrackedBatch batch) {
    fence.check(batch.getBatch().getTarget().destination(), batch.getJob().getRunId());
    plan(List.of(batch.getJob()), batch.plannedRows());
  }

  private void write(List<VideoStatus> rows) {
    store.write(appends, rows);
    batches.keep(rows);
  }

  private void write(JobStatus job) {
    appends.upsert(store.jobs(), List.of(known(job)));
  }

  /** A job as it is written: of two writes of one state the later one counts. */
  private JobStatus known(JobStatus job) {
    Known before = batches.of(job.getBatchId());
    if (before == null) {
      batches.put(new Known(job, null, 0, null, 0));
      return job;
    }
    long last = before.job().getSequence();
    boolean isLater = job.getSequence() > last || Sequence.isSameStage(job.getSequence(), last);
    JobStatus next =
        isLater ? job.toBuilder().setSequence(Math.max(job.getSequence(), last + 1)).build() : job;
    if (isLater) {
      batches.put(
          new Known(
              next,
              before.intent(),
              before.intentWrites(),
              before.cursor(),
              before.cursorWrites()));
    }
    return next;
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
