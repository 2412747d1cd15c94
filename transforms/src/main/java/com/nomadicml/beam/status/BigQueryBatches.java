package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore.Cursor;
import com.nomadicml.beam.status.LaneStore.Intent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.annotation.Nullable;

/**
 * What a lane knows of its batches. While its epoch lasts nobody else writes of them, so a table is
 * asked once, and then for the rows of many batches at a time.
 */
final class BigQueryBatches {
  /** A query costs as much for some batches as for one; so many are in memory twice over. */
  private static final int AT_ONCE = 32;

  private static final String BATCHES =
      ", i.run_id AS sent_by, i.idempotency_key, i.sends, UNIX_MILLIS(i.sent_at) AS sent_at,"
          + " i.sequence AS intent_writes, UNIX_MILLIS(c.next_look_at) AS next_look_at, c.waited,"
          + " c.reading, c.sequence AS cursor_writes, n.items FROM import_jobs j"
          + " LEFT JOIN import_intents i ON i.batch_id = j.batch_id"
          + " LEFT JOIN import_cursors c ON c.batch_id = j.batch_id"
          + " LEFT JOIN (SELECT batch_id, COUNT(*) AS items FROM import_items WHERE %s"
          + " GROUP BY batch_id) n ON n.batch_id = j.batch_id WHERE ";

  /**
   * A batch as the tables have it.
   *
   * @param intentWrites the sequence of its intent, 0 for none
   * @param cursorWrites the sequence of its cursor, 0 for none
   */
  record Known(
      JobStatus job,
      @Nullable Intent intent,
      long intentWrites,
      @Nullable Cursor cursor,
      long cursorWrites) {

    boolean isUnsent() {
      return job.getSubmittedAt() == null && sends() == 0;
    }

    int sends() {
      return intent == null ? 0 : intent.sends();
    }
  }

  private final BigQueryStatusStore store;

  /** In the order in which the lane was told of them, which is the order of sends. */
  private final Map<String, Known> known = new LinkedHashMap<>();

  private final LinkedHashMap<String, Map<String, VideoStatus>> rows =
      new LinkedHashMap<>(AT_ONCE, 0.75f, true);
  private List<String> named = List.of();

  BigQueryBatches(BigQueryStatusStore store) {
    this.store = store;
  }

  /** Forgets all, and learns the batches that a condition on {@code import_jobs j} is true of. */
  List<Known> learn(String condition, Map<String, String> parameters) {
    known.clear();
    rows.clear();
    List<Known> all = read("TRUE", condition, parameters);
    all.forEach(this::put);
    return all;
  }

  /** Learns some batches more. */
  List<Known> learn(List<String> batchIds) {
    Map<String, String> parameters = named(batchIds);
    String in = "batch_id IN (" + places(parameters) + ")";
    List<Known> some = read(in, "j." + in, parameters);
    some.forEach(this::put);
    return some;
  }

  private static Map<String, String> named(List<String> batchIds) {
    Map<String, String> parameters = new TreeMap<>();
    batchIds.forEach(batchId -> parameters.put("batch_" + parameters.size(), batchId));
    return parameters;
  }

  private static String places(Map<String, String> parameters) {
    return parameters.keySet().stream().map("@"::concat).collect(joining(", "));
  }

  /** A batch as it was known last; null when there is none. */
  @Nullable
  Known of(String batchId) {
    Known batch = known.get(batchId);
    return batch == null ? again(batchId) : batch;
  }

  /** A batch as the tables have it now; null when there is none. */
  @Nullable
  Known again(String batchId) {
    Map<String, String> parameters = Map.of("batch_id", batchId);
    read("batch_id = @batch_id", "j.batch_id = @batch_id", parameters).forEach(this::put);
    return known.get(batchId);
  }

  void put(Known batch) {
    known.put(batch.job().getBatchId(), batch);
  }

  private List<Known> read(String ofItems, String condition, Map<String, String> parameters) {
    String sql =
        "SELECT "
            + store.jobs().columns("j.")
            + BATCHES.formatted(ofItems)
            + condition
            + " ORDER BY";
    return store.queryNamed(sql + " j.submitted_at, j.batch_id", parameters).stream()
        .map(this::batch)
        .toList();
  }

  private Known batch(Map<String, Object> row) {
    JobStatus job = store.jobs().fromRow(row);
    String reading = (String) row.get("reading");
    Cursor cursor =
        reading == null
            ? null
            : new Cursor(time(row, "next_look_at"), number(row, "waited"), reading);
    return new Known(
        job, intent(job, row), number(row, "intent_writes"), cursor, number(row, "cursor_writes"));
  }

  /** A run of an earlier version has sent a batch's own id as the key. */
  @Nullable
  private static Intent intent(JobStatus job, Map<String, Object> row) {
    String key = (String) row.get("idempotency_key");
    if (key != null) {
      return new Intent(
          (String) row.get("sent_by"),
          key,
          Math.toIntExact(number(row, "sends")),
          time(row, "sent_at"));
    }
    boolean isDoubt = job.getState() == JobState.SUBMIT_UNKNOWN;
    boolean isOlder = job.getState() == JobState.PLANNED && row.get("items") == null;
    if (job.getSubmittedAt() != null || !(isDoubt || isOlder)) {
      return null;
    }
    int sends = isDoubt ? Math.max(1, job.getUnknownSubmits()) : job.getUnknownSubmits();
    return new Intent(
        job.getRunId(), job.getBatchId(), sends, Instant.ofEpochMilli(job.getPlannedAt()));
  }

  private static long number(Map<String, Object> row, String column) {
    return row.get(column) == null ? 0 : Long.parseLong((String) row.get(column));
  }

  private static Instant time(Map<String, Object> row, String column) {
    return Instant.ofEpochMilli(number(row, column));
  }

  /** Says which batches are to be read next, one after the other. */
  void areNext(List<String> batchIds) {
    named = batchIds;
  }

  /** The rows of a batch, in the order of their URI. */
  List<VideoStatus> rows(String batchId) {
    if (!rows.containsKey(batchId)) {
      fetch(Stream.concat(Stream.of(batchId), next(batchId)).distinct().limit(AT_ONCE).toList());
    }
    if (rows.get(batchId).isEmpty()) {
      // Of an earlier version, which has kept no rows beside the batch.
      rows.put(batchId, byUri(store.videosOf(batchId)));
    }
    return List.copyOf(rows.get(batchId).values());
  }

  /** The rows of a batch that the API has not taken, as far as they say so. */
  Stream<VideoStatus> unsent(String batchId) {
    return rows(batchId).stream()
        .filter(
            row ->
                row.getState() == VideoState.PENDING
                    || row.getState() == VideoState.SUBMIT_UNKNOWN);
  }

  /** What is likely to be asked for after a batch. */
  private Stream<String> next(String batchId) {
    Stream<String> likely = named.stream();
    Known batch = known.get(batchId);
    if (batch != null) {
      boolean isSent = batch.job().getSubmittedAt() != null;
      likely = isSent ? dueNext() : sentNext(batchId);
    }
    return likely.filter(id -> !rows.containsKey(id));
  }

  private Stream<String> sentNext(String batchId) {
    return known.values().stream()
        .map(Known::job)
        .filter(job -> job.getState() == JobState.PLANNED)
        .map(JobStatus::getBatchId)
        .dropWhile(other -> !other.equals(batchId));
  }

  private Stream<String> dueNext() {
    return known.values().stream()
        .filter(batch -> batch.job().getState() == JobState.SUBMITTED)
        .sorted(Comparator.comparing(BigQueryBatches::nextLook))
        .map(batch -> batch.job().getBatchId());
  }

  /** One that was not read yet is read soon. */
  private static Instant nextLook(Known batch) {
    return batch.cursor() == null
        ? Instant.ofEpochMilli(batch.job().getSubmittedAt())
        : batch.cursor().nextLookAt();
  }

  private void fetch(List<String> batchIds) {
    batchIds.forEach(batchId -> rows.put(batchId, new TreeMap<>()));
    Map<String, String> parameters = named(batchIds);
    String sql = store.items().select() + " WHERE batch_id IN (" + places(parameters) + ")";
    keep(store.query(sql, parameters).stream().map(store.items()::fromRow).toList());
    List<String> oldest = new ArrayList<>(rows.keySet());
    oldest.subList(0, Math.max(0, oldest.size() - 2 * AT_ONCE)).forEach(rows::remove);
  }

  /** Takes note of rows that are in the tables, where their batch is in memory. */
  void keep(Collection<VideoStatus> written) {
    for (VideoStatus row : written) {
      Map<String, VideoStatus> batch = rows.get(row.getBatchId());
      if (batch != null) {
        batch.merge(
            row.getSourceUri(),
            row,
            (before, now) -> now.getSequence() > before.getSequence() ? now : before);
      }
    }
  }

  /** Has a batch keep these rows alone. */
  void reduce(String batchId, List<VideoStatus> kept) {
    rows.put(batchId, byUri(kept));
  }

  /** Forgets the rows of a batch. */
  void forget(String batchId) {
    rows.remove(batchId);
  }

  /** Forgets a batch that has come to its end: a stream has no end of them. */
  void end(String batchId) {
    known.remove(batchId);
    forget(batchId);
  }

  private static Map<String, VideoStatus> byUri(List<VideoStatus> batch) {
    Map<String, VideoStatus> byUri = new TreeMap<>();
    batch.forEach(row -> byUri.put(row.getSourceUri(), row));
    return byUri;
  }
}
