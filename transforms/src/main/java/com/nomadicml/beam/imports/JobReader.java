package com.nomadicml.beam.imports;

import com.google.common.collect.Iterables;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiStatus;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.OversizedAnswerException;
import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.api.VideoRow;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.util.List;
import java.util.Objects;

/**
 * Reads one page of a job. For a backend with the older answer, which names video ids instead of a
 * job, a page is one video and the cursor its place in the request (contract, section 4.5).
 */
public final class JobReader {
  /** A page size: as many rows as the API grants. */
  public static final int AUTO_PAGE_SIZE = 0;

  /** The API's own page size (contract, section 4.7). */
  public static final int USUAL_PAGE_SIZE = 500;

  private static final int MIN_PAGE_SIZE = 50;

  private static final int MAX_AUTO_PAGE_SIZE = 5_000;

  /** A page that says it is followed by itself may say otherwise when it is asked again. */
  private static final int READS_OF_A_LOOP = 3;

  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;

  private final NomadicApi api;
  private final boolean auto;
  private int largest;

  /**
   * @param pageSize rows to ask for, or {@link #AUTO_PAGE_SIZE}: all rows of a job
   */
  public JobReader(NomadicApi api, int pageSize) {
    this.api = api;
    this.auto = pageSize == AUTO_PAGE_SIZE;
    this.largest = auto ? MAX_AUTO_PAGE_SIZE : pageSize;
  }

  /**
   * Reads the page at {@code cursor}, "" being the first. A page size that the API refuses, or
   * whose answer is too large, is halved (contract, section 8, number 1).
   */
  public Look read(ImportJob job, String cursor) throws ApiException {
    if (job.isLegacy()) {
      return readLegacy(job, cursor);
    }
    String from = cursor.isEmpty() ? null : cursor;
    for (int reads = 1; ; reads++) {
      int pageSize =
          auto ? Math.min(largest, Math.max(USUAL_PAGE_SIZE, job.getRequested())) : largest;
      try {
        VideoPage page =
            api.importJobVideos(job.getImportJobId(), PageRequest.after(pageSize, from));
        String next = page.hasMore() ? Objects.requireNonNullElse(page.nextCursor(), cursor) : null;
        if (cursor.equals(next) && reads < READS_OF_A_LOOP) {
          continue;
        }
        return new Look(
            page.total(),
            cursor.equals(next) ? lastId(page, cursor) : next,
            page.videos().stream().map(row -> seen(row, row.sourceUri())).toList());
      } catch (ApiException e) {
        boolean aboutTheSize =
            e instanceof OversizedAnswerException
                || e.status() == BAD_REQUEST
                || e.status() == UNPROCESSABLE;
        if (!aboutTheSize || pageSize <= MIN_PAGE_SIZE) {
          throw e;
        }
        largest = Math.max(MIN_PAGE_SIZE, pageSize / 2);
      }
    }
  }

  /**
   * Where a page goes on that does not say so: a cursor is the last video id of the page before it
   * (vendor page). The page's own cursor when it has no rows.
   */
  private static String lastId(VideoPage page, String cursor) {
    String last = page.videos().isEmpty() ? "" : Iterables.getLast(page.videos()).videoId();
    return last.isEmpty() ? cursor : last;
  }

  private Look readLegacy(ImportJob job, String cursor) throws ApiException {
    int index = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    // By position (contract, section 4.5): more ids than items stand for nothing asked for.
    int size = Math.min(job.getLegacyVideoIds().size(), job.getLegacySourceUris().size());
    String next = index + 1 < size ? Integer.toString(index + 1) : null;
    String id = job.getLegacyVideoIds().get(index);
    if (id.isEmpty()) {
      return new Look(size, next, List.of());
    }
    VideoRow row = api.videoStatus(id);
    return new Look(size, next, List.of(seen(row, job.getLegacySourceUris().get(index))));
  }

  private static SeenVideo seen(VideoRow row, String sourceUri) {
    if (!ApiStatus.isKnown(row.status())) {
      ImportMetrics.counter(ImportMetrics.UNKNOWN_STATUSES).inc();
    }
    VideoState state =
        switch (ApiStatus.of(row.status())) {
          case SUCCEEDED -> VideoState.UPLOADED;
          case FAILED -> VideoState.UPLOADING_FAILED;
          case PENDING -> VideoState.SUBMITTED;
        };
    return SeenVideo.of(row.videoId(), sourceUri, row.status(), state, row.error(), row.views());
  }
}
