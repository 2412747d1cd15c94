package com.nomadicml.beam.imports;

/**
 * What is simulated.
 *
 * @param pageSize rows of a page; 0 for as many as the API grants, which is 500 here
 * @param requestsPerMinute of the quota
 * @param requestsPerDay of the quota
 * @param videosPerSecond the backend's average
 */
public record Scenario(
    int videos,
    int batchSize,
    int pageSize,
    int requestsPerMinute,
    int requestsPerDay,
    Pace pace,
    double videosPerSecond) {

  /** At the published quota, with batches and pages as they are by default. */
  public static Scenario of(int videos, Pace pace) {
    return new Scenario(videos, 1_000, 500, 60, 10_000, pace, pace.videosPerSecond());
  }

  public Scenario withBatchSize(int batchSize) {
    return new Scenario(
        videos, batchSize, pageSize, requestsPerMinute, requestsPerDay, pace, videosPerSecond);
  }

  public Scenario withQuota(int requestsPerMinute, int requestsPerDay) {
    return new Scenario(
        videos, batchSize, pageSize, requestsPerMinute, requestsPerDay, pace, videosPerSecond);
  }

  public Scenario withVideosPerSecond(double videosPerSecond) {
    return new Scenario(
        videos, batchSize, pageSize, requestsPerMinute, requestsPerDay, pace, videosPerSecond);
  }

  /** Rows of a page as the API grants them. */
  int rowsOfPage() {
    int most = SimulatedBackend.MAX_LIMIT;
    return pageSize == JobReader.AUTO_PAGE_SIZE ? most : Math.min(pageSize, most);
  }
}
