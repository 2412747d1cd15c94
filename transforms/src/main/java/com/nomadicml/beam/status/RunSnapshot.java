package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;

/**
 * What the tables say of a run at one moment.
 *
 * @param at when, by the clock of the tables
 * @param counts what planning has counted, by stage; empty until it is done
 * @param batches the batches of the run, summed up
 * @param shown items that have come to their end in jobs that are being read
 * @param finished items of the jobs that have ended since the time asked for
 * @param firstSentAt when its first batch was accepted; null for none
 * @param openJobs the oldest of the batches that are not at their end
 * @param signs of the processes that carry the run out
 * @param lane its lane; empty until the plan is written
 * @param spent requests of all runs on the day asked for
 * @param events what has happened to it last, in the order of time
 */
public record RunSnapshot(
    RunStatus run,
    Instant at,
    Map<String, Long> counts,
    List<Batches> batches,
    List<Shown> shown,
    long finished,
    @Nullable Instant firstSentAt,
    List<JobStatus> openJobs,
    List<Sign> signs,
    Optional<Lane> lane,
    long spent,
    List<Event> events) {

  /**
   * Batches of one target that have come to the same, summed up.
   *
   * @param isClosed whether the run sees to them no more
   * @param batches how many they are
   * @param requested items in them
   */
  public record Batches(
      ImportedTarget target,
      JobState state,
      int attempt,
      boolean isClosed,
      long batches,
      long requested,
      long uploaded,
      long failed,
      long missing) {}

  /** Items of jobs that are being read: their batches do not count them yet. */
  public record Shown(ImportedTarget target, VideoState state, int attempt, long items) {}

  /**
   * A sign of life.
   *
   * @param holder host and process, for people; null where only the machine knows it
   * @param process for {@link HolderProcess#isDead}; empty when its life says nothing of the run
   * @param expiresAt when it counts no more, by the clock of the tables
   */
  public record Sign(
      @Nullable String holder, String process, Instant expiresAt, @Nullable Lease.Kind kind) {

    static Sign of(Lease lease) {
      return new Sign(
          lease.getHolder(),
          lease.getProcess(),
          Instant.ofEpochMilli(lease.getExpiresAt()),
          lease.getKind());
    }
  }

  /**
   * The lane of a run.
   *
   * @param ending how it has ended; null while it has not
   * @param message the same for people
   */
  public record Lane(@Nullable String ending, @Nullable String message) {}

  /** Something that has happened to a run. */
  public record Event(Instant at, String kind, String text) {}
}
