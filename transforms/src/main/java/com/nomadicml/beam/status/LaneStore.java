package com.nomadicml.beam.status;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.annotation.Nullable;

/**
 * The status tables as a lane's queue: what is to be sent, what is awaited, and how far each job
 * was read. Each method is one step, which may be repeated. Where the tables have transactions, it
 * is whole or has not happened; elsewhere what was cut off is made good when it is repeated, or
 * when a lane begins.
 *
 * <p>{@code import_videos.batch_id} decides whose an item is: a batch has the items whose rows name
 * it.
 */
public interface LaneStore extends Serializable, AutoCloseable {
  /** What the part is called that a lane counts; its epoch follows. */
  String LANE_PART = "lane ";

  /**
   * A batch that is not at its end.
   *
   * @param intent what was written before it was sent; null for one that was never sent
   * @param cursor how far its job was read; null for one that was not
   */
  record OpenBatch(JobStatus job, @Nullable Intent intent, @Nullable Cursor cursor) {}

  /**
   * What was written before a request was sent.
   *
   * @param sends how often it was sent, or about to be; 0 when no time of them counts
   */
  record Intent(String runId, String key, int sends, Instant at) {
    /** The same for a clock that was ahead. */
    public Intent notAfter(Instant now) {
      return at.isAfter(now) ? new Intent(runId, key, sends, now) : this;
    }
  }

  /**
   * How far a job was read.
   *
   * @param nextLookAt when it is to be looked at again
   * @param waited milliseconds that it was waited for, in which it could be read
   * @param reading as the lane writes it, and no one else reads it
   */
  record Cursor(Instant nextLookAt, long waited, String reading) {}

  /** A body and the key that stands for it. */
  record Body(String text, String key) {}

  /** A batch that is about to be sent, with the items and the body that it keeps from now on. */
  record Fixed(TrackedBatch batch, Body body, int sends) {}

  /**
   * Takes over what is open in the destinations that a run has leased. Its jobs are the run's from
   * then on; they are returned as they were before.
   *
   * @param held whether batches in doubt stay as they are
   */
  List<OpenBatch> adopt(String runId, boolean held);

  /**
   * The same for the lane of a stream. Where it can be, what was never sent is left out: {@link
   * #arrived} tells of that, some at a time.
   */
  default List<OpenBatch> adoptSent(String runId, boolean held) {
    return adopt(runId, held);
  }

  /**
   * Tells the lane of a run of what earlier runs have left open in a destination that it has leased
   * since its lane began.
   */
  void announce(String runId, String destination);

  /**
   * Batches that were planned for a run or announced to it and not yielded yet, those first that
   * were planned first, and not more than a thousand; taken over as {@link #adopt} does. It may
   * name some twice. What it costs follows their number alone, and no backlog.
   *
   * @param held whether batches in doubt stay as they are
   */
  List<OpenBatch> arrived(String runId, boolean held);

  /** Targets of the destinations that a run has leased which an item was uploaded of since then. */
  Set<ImportTarget> proven(String runId, Instant since);

  /** The rows of a batch, in the order of their URI. */
  List<VideoStatus> rows(String batchId);

  /**
   * Writes the intent to send a batch. The first one fixes the body: it keeps the items whose rows
   * name the batch, and raises these rows above any other plan of the attempt.
   *
   * @param sends how often the batch is sent, this time included
   * @param body makes the body of the first intent
   * @return with the number of items that it has now; empty when the batch is not to be sent: no
   *     row names it any more, or somebody else has sent it since
   */
  Optional<Fixed> intend(
      JobStatus job, String runId, int sends, Instant at, Function<TrackedBatch, Body> body);

  /** Whether an intent may be written while another thread writes something else. */
  default boolean mayIntendAside() {
    return false;
  }

  /**
   * Takes an intent back: the API has not taken what was sent. The body stays.
   *
   * @param sends as it was intended
   */
  void withdraw(String batchId, int sends);

  /** Records that the API has taken a batch, whoever has the lease by now. */
  void taken(TrackedBatch batch, String runId, Instant at);

  /** Records a batch's own row alone. */
  void record(JobStatus job);

  /** Records a batch that is not awaited, and what its rows say from then on. */
  void record(
      JobStatus job,
      VideoState rows,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      String runId,
      Instant at);

  /**
   * Cuts a batch in two, of which the first has {@code first} items. A whole that was refused stays
   * as such; one that was never sent is gone.
   *
   * @param whole as it is to stay, or a planned one
   * @return the parts; none when no row names the batch, or somebody else has sent it since
   */
  List<JobStatus> cut(JobStatus whole, int first, String runId, Instant at);

  /**
   * Takes items back from batches that were never sent: a later run plans them anew. A batch that
   * somebody else has sent since stays. This is done batch by batch: when it is cut off, the rest
   * stays planned.
   */
  void unplan(
      List<JobStatus> batches, String errorCode, String errorMessage, String runId, Instant at);

  /**
   * Writes what a page showed, and where to go on.
   *
   * @param job as it has ended; null while it is read
   * @param cursor null at the end
   */
  void page(
      String destination,
      String runId,
      String batchId,
      @Nullable JobStatus job,
      List<VideoStatus> rows,
      @Nullable Cursor cursor);

  /** Plans a batch of items that have failed; what they were stays as an attempt. */
  void retry(TrackedBatch batch);

  /**
   * How many items have come to the same.
   *
   * @param errorCode of their rows, or null
   */
  record Outcome(VideoState state, @Nullable String errorCode, long items) {}

  /** What became of the items that a run was to see to. */
  List<Outcome> outcomes(String runId);

  /**
   * A batch that a run sees to no more: it has come to its end, or is left to a later run.
   *
   * @param position above that of any batch that was closed before: by this run, or by earlier ones
   */
  record Closed(long position, String batchId) {}

  /** The batches that a run has closed, from a position on, {@code most} at most. */
  List<Closed> closed(String runId, long from, int most);

  /**
   * Items of a run that are in no batch any more, as their target was stopped: {@code most} at most
   * in the order of destination and URI.
   *
   * @param after the last one before them; null to begin with the first
   * @param skipped how many are left out from there
   */
  List<VideoStatus> unplanned(String runId, @Nullable VideoStatus after, long skipped, int most);

  /** Which process drives a run's lane. */
  LaneLease lease();

  /** The same for the lane of an epoch: when it is over, no plan is changed any more. */
  LaneStore heldBy(long epoch);

  /** Keeps what planning has counted, in place of what it said of the same parts before. */
  void counted(String runId, Collection<PartCount> counts);

  /** What was counted of a run, by stage. */
  Map<String, Long> counts(String runId);

  /** The same without what lanes have counted: their parts begin with {@link #LANE_PART}. */
  Map<String, Long> planned(String runId);

  /** Keeps what has happened to a run. */
  void event(String runId, Instant at, String kind, String text);

  /** What events of a kind have happened to a run. */
  List<String> events(String runId, String kind);

  /**
   * Keeps how many requests a process has sent for a run within an hour.
   *
   * @param hour its start
   */
  void requests(String runId, String process, Instant hour, long sent, long refused, long failed);

  /** What processes other than {@code process} have sent for a run, by hour. */
  Map<Instant, Long> requestsOfOthers(String runId, String process);

  /** How often it is worthwhile to ask for what another process does. */
  default Duration pollInterval() {
    return Duration.ofMillis(500);
  }

  /** Lets go of what is kept open between calls; it is opened anew when it is needed. */
  @Override
  default void close() {}
}
