package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.ValueCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;

/**
 * The jobs that a lane of a stream awaits, in the order of their submission, and how far each has
 * been read.
 */
public record OpenJobs(List<ImportJob> jobs, LaneProgress progress) {
  public static final OpenJobs NONE = new OpenJobs(List.of(), LaneProgress.NOTHING);

  public boolean isEmpty() {
    return jobs.isEmpty();
  }

  Set<String> batchIds() {
    return jobs.stream().map(ImportJob::getBatchId).collect(Collectors.toSet());
  }

  /** With a further job, which a lane without jobs is watched from {@code now} on for. */
  OpenJobs with(ImportJob job, AwaitPolicy policy, Instant now) {
    return with(job, policy.start(List.of(job), now));
  }

  /** With a further job, which is known to have been read so far. */
  public OpenJobs with(ImportJob job, LaneProgress alone) {
    List<ImportJob> next = new ArrayList<>(jobs);
    next.add(job);
    return new OpenJobs(next, isEmpty() ? alone : progress.joinedBy(alone.job(0), alone.pages()));
  }

  /** What is left open after a step: a lane is as old as its oldest open job. */
  public OpenJobs after(LaneProgress step, AwaitPolicy policy) {
    if (step.jobs().stream().noneMatch(JobProgress::done)) {
      return new OpenJobs(jobs, step);
    }
    List<ImportJob> rest = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      if (!step.job(i).done()) {
        rest.add(jobs.get(i));
      }
    }
    long since = rest.stream().mapToLong(ImportJob::getSubmittedAt).min().orElse(0);
    return new OpenJobs(
        rest, step.withoutDone(Math.max(since, step.startedAt()), policy.pages(rest)));
  }

  /** As {@link LaneProgressCoder}, with the jobs. */
  static final class OpenJobsCoder extends AtomicCoder<OpenJobs> {
    private static final long serialVersionUID = 1L;

    private final Coder<List<ImportJob>> jobs = ListCoder.of(ValueCoder.of(ImportJob.class));
    private final LaneProgressCoder progress = new LaneProgressCoder();

    @Override
    public void encode(OpenJobs value, OutputStream out) throws IOException {
      jobs.encode(value.jobs(), out);
      progress.encode(value.progress(), out);
    }

    @Override
    public OpenJobs decode(InputStream in) throws IOException {
      return new OpenJobs(jobs.decode(in), progress.decode(in));
    }
  }
}
