package com.nomadicml.beam.imports;

/** How a simulated backend works through the videos of its jobs. */
public enum Pace {
  /** All videos at one pace, in the order of their submission. */
  STEADY("one pace, in order of submission", 100, 1, 1, 0, 0),
  /** The same, so slow that the quota is plentiful. */
  SLOW("so slow that the quota is plentiful", 10, 1, 1, 0, 0),
  /** The same, so fast that the quota alone counts. */
  FAST("so fast that the quota alone counts", 10_000, 1, 1, 0, 0),
  /** Six minutes of work at five times the pace, then 24 minutes of nothing. */
  BURSTS("6 minutes at 5 times the pace, then 24 of nothing", 100, 1_800, 0.2, 0, 0),
  /** Half of each four hours nothing happens. */
  STALLS("2 hours at twice the pace, then 2 of nothing", 100, 14_400, 0.5, 0, 0),
  /** Some 50 jobs are worked on side by side. */
  SIDE_BY_SIDE("50 jobs side by side", 100, 1, 1, 50, 0),
  /** One video in 5,000 is up to half an hour late: every fifth job of 1,000 has one. */
  STRAGGLERS("1 video in 5,000 is up to 30 minutes late", 100, 1, 1, 0, 0.000_2);

  private final String description;
  private final double videosPerSecond;
  private final double period;
  private final double busyPart;
  private final int jobsSideBySide;
  private final double stragglers;

  /**
   * @param videosPerSecond on average
   * @param period of work and rest, in seconds
   * @param busyPart of a period, from its start, in which all of its work is done
   */
  Pace(
      String description,
      double videosPerSecond,
      double period,
      double busyPart,
      int jobsSideBySide,
      double stragglers) {
    this.description = description;
    this.videosPerSecond = videosPerSecond;
    this.period = period;
    this.busyPart = busyPart;
    this.jobsSideBySide = jobsSideBySide;
    this.stragglers = stragglers;
  }

  public String description() {
    return description;
  }

  /** The usual average of this pace. */
  public double videosPerSecond() {
    return videosPerSecond;
  }

  int jobsSideBySide() {
    return jobsSideBySide;
  }

  /** The part of the videos that are late. */
  double stragglers() {
    return stragglers;
  }

  /** Videos that are worked through in the first {@code seconds} at an average pace. */
  double videosWithin(double seconds, double videosPerSecond) {
    double periods = Math.floor(seconds / period);
    double busy = Math.min(1, (seconds / period - periods) / busyPart);
    return (periods + busy) * period * videosPerSecond;
  }

  /** Seconds until so many videos are worked through: the inverse. */
  double secondsFor(double videos, double videosPerSecond) {
    double work = videos / videosPerSecond / period;
    double periods = Math.floor(work);
    return (periods + (work - periods) * busyPart) * period;
  }
}
