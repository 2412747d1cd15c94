package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.VideoPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A model of what works behind the API: rows that materialise over time, at some pace. */
final class SimulatedBackend {
  static final int MAX_LIMIT = 500;

  private final Pace pace;
  private final double videosPerSecond;
  private final Instant start;
  private final List<SimulatedJob> jobs = new ArrayList<>();
  private double busyUntil;

  /** The job that was looked at last: its pages are read one after the other. */
  private int latest = -1;

  private SimulatedRows latestRows;

  SimulatedBackend(Pace pace, double videosPerSecond, Instant start) {
    this.pace = pace;
    this.videosPerSecond = videosPerSecond;
    this.start = start;
  }

  /** Takes a job, and returns its number. */
  int accept(int[] clips, Instant now) {
    double begin = Math.max(busyUntil, pace.videosWithin(seconds(now), videosPerSecond));
    jobs.add(new SimulatedJob(jobs.size(), clips, begin));
    busyUntil = begin + clips.length;
    return jobs.size() - 1;
  }

  VideoPage page(int job, PageRequest request, Instant now) {
    return rows(job).page(request, millis(now));
  }

  /** Rows of a job as they change over the time. */
  SimulatedRows rows(int job) {
    if (job != latest) {
      latestRows = jobs.get(job).rows(pace, videosPerSecond);
      latest = job;
    }
    return latestRows;
  }

  /** When all videos of all jobs are done. */
  Instant doneAt() {
    long last = 0;
    for (int i = 0; i < jobs.size(); i++) {
      last = Math.max(last, rows(i).doneAt());
    }
    return start.plusMillis(last);
  }

  /** Milliseconds since the simulation's start. */
  long millis(Instant now) {
    return now.toEpochMilli() - start.toEpochMilli();
  }

  private double seconds(Instant now) {
    return millis(now) / 1_000.0;
  }
}
