package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.imports.JobProgress;
import com.nomadicml.beam.imports.Look;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** The policy of a lane with no tables behind it: what a run of one day decides, one by one. */
public final class SimulatedLane {
  private static final ImportTarget TARGET =
      ImportTarget.of(Provider.S3, "fleet-recordings", null, null, "user", false);

  /** Where a lane's requests go, and what its batches are. */
  public interface World {
    Instant now();

    void sleepUntil(Instant instant);

    /** When the quota has room, {@code now} or later. */
    Instant nextRequestAt(Instant now);

    /** Sends a batch, and returns its job as it is awaited. */
    ImportJob submit(String batchId);

    /** The job of a batch that was sent. */
    ImportJob job(String batchId);

    Look look(ImportJob job, String cursor);

    int items(String batchId);

    /** Cuts a batch, and returns the ids of its parts. */
    List<String> cut(String batchId, int first);

    /** A batch has come to its end. */
    void done(String batchId);
  }

  /** How far a job was read, for the next day. */
  public record Kept(JobProgress progress, Duration waited) {}

  private final World world;
  private final Duration quotaPatience;
  private final LanePolicy policy;
  private final Map<String, Kept> kept;
  private final Map<String, Long> uploaded = new HashMap<>();

  /**
   * @param kept what the day before has read; what this one reads is added
   */
  public SimulatedLane(World world, int rowsAPage, Duration quotaPatience, Map<String, Kept> kept) {
    this.world = world;
    this.quotaPatience = quotaPatience;
    this.kept = kept;
    this.policy =
        new LanePolicy(
            new LaneRules(
                "simulation",
                1,
                rowsAPage,
                rowsAPage,
                true,
                0,
                1,
                OnUnknownSubmit.RESEND,
                Duration.ofDays(365),
                Duration.ofHours(2)));
  }

  /**
   * Sends these batches and awaits those jobs.
   *
   * @param isProven whether an item was uploaded the day before
   * @return whether the day's requests were too few
   */
  public boolean run(List<String> planned, List<ImportJob> submitted, boolean isProven) {
    if (isProven) {
      policy.works(TARGET);
    }
    submitted.forEach(job -> await(job, kept.get(job.getBatchId())));
    planned.forEach(batch -> policy.planned(planned(batch), 0, Instant.MIN, world.now()));
    while (true) {
      Instant now = world.now();
      Instant free = world.nextRequestAt(now);
      policy.mayAskAt(free);
      if (Duration.between(now, free).compareTo(quotaPatience) > 0) {
        policy.stop(Ending.Kind.QUOTA, new QuotaSpentException(free).getMessage());
      }
      Step step = policy.decide(now);
      if (step instanceof Step.Write write) {
        write(write.change());
      } else if (step instanceof Step.Call call) {
        call(call.request());
      } else if (step instanceof Step.Wait wait) {
        world.sleepUntil(wait.until());
      } else {
        return ((Step.Ended) step).ending().kind() == Ending.Kind.QUOTA;
      }
    }
  }

  private void call(Request request) {
    if (request instanceof Request.Send send) {
      ImportJob job = world.submit(send.job().getBatchId());
      policy.accepted(send, new SubmitAnswer(job.getImportJobId(), List.of()), world.now());
    } else if (request instanceof Request.Read read) {
      Look look = world.look(read.job(), read.cursor());
      policy.shown(read, world.job(read.job().getBatchId()), look, world.now());
    }
  }

  private void write(Change change) {
    policy.written();
    if (change instanceof Change.Taken taken) {
      await(world.job(taken.job().getBatchId()), null);
    } else if (change instanceof Change.Cut cut) {
      policy.cut(
          cut.job(),
          world.cut(cut.job().getBatchId(), cut.first()).stream().map(this::planned).toList());
    } else if (change instanceof Change.Page page) {
      settle(page);
    }
  }

  private void await(ImportJob job, @Nullable Kept before) {
    policy.submitted(
        planned(job.getBatchId()),
        job,
        before == null ? Duration.ZERO : before.waited(),
        before == null ? null : before.progress(),
        world.now());
  }

  private void settle(Change.Page change) {
    String batchId = change.page().getBatchId();
    long seen =
        change.page().getVideos().stream()
            .map(SeenVideo::getState)
            .filter(VideoState.UPLOADED::equals)
            .count();
    uploaded.merge(batchId, seen, Math::max);
    if (change.progress() == null) {
      kept.remove(batchId);
      world.done(batchId);
    } else {
      kept.put(batchId, new Kept(change.progress(), change.waited()));
    }
    policy.settled(batchId, new Settled(uploaded.get(batchId), 0, null), change.page().getEnd());
  }

  private JobStatus planned(String batchId) {
    return JobStatus.builder()
        .setBatchId(batchId)
        .setRunId("simulation")
        .setTarget(TARGET)
        .setState(JobState.PLANNED)
        .setRequested(world.items(batchId))
        .setUploaded(0)
        .setFailed(0)
        .setMissing(0)
        .setAttempt(1)
        .setUnknownSubmits(0)
        .setPlannedAt(0)
        .setSequence(0)
        .build();
  }
}
