package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiStatus;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.api.VideoRow;
import com.nomadicml.beam.imports.AwaitPolicy.Look;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.util.List;

/**
 * Reads one page of a job. For a backend with the older answer, which names video ids instead of a
 * job, a page is one video and the cursor its place in the request (contract, section 4.5).
 */
final class JobReader {
  private static final int MIN_PAGE_SIZE = 50;
  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;

  private final NomadicApi api;
  private int pageSize;

  JobReader(NomadicApi api, int pageSize) {
    this.api = api;
    this.pageSize = pageSize;
  }

  /**
   * Reads the page at {@code cursor}, "" being the first. A page size that the API refuses is
   * halved (contract, section 8, number 1).
   */
  Look read(ImportJob job, String cursor) throws ApiException {
    if (job.isLegacy()) {
      return readLegacy(job, cursor);
    }
    String from = cursor.isEmpty() ? null : cursor;
    while (true) {
      try {
        VideoPage page =
            api.importJobVideos(job.getImportJobId(), PageRequest.after(pageSize, from));
        return new Look(
            page.total(),
            page.hasMore() ? page.nextCursor() : null,
            page.videos().stream().map(row -> seen(row, row.sourceUri())).toList());
      } catch (ApiException e) {
        boolean aboutTheSize = e.status() == BAD_REQUEST || e.status() == UNPROCESSABLE;
        if (!aboutTheSize || pageSize <= MIN_PAGE_SIZE) {
          throw e;
        }
        pageSize = Math.max(MIN_PAGE_SIZE, pageSize / 2);
      }
    }
  }

  private Look readLegacy(ImportJob job, String cursor) throws ApiException {
    int index = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    int size = job.getLegacyVideoIds().size();
    VideoRow row = api.videoStatus(job.getLegacyVideoIds().get(index));
    String next = index + 1 < size ? Integer.toString(index + 1) : null;
    return new Look(size, next, List.of(seen(row, job.getLegacySourceUris().get(index))));
  }

  private static SeenVideo seen(VideoRow row, String sourceUri) {
    VideoState state =
        switch (ApiStatus.of(row.status())) {
          case SUCCEEDED -> VideoState.UPLOADED;
          case FAILED -> VideoState.UPLOADING_FAILED;
          case PENDING -> VideoState.SUBMITTED;
        };
    return SeenVideo.of(row.videoId(), sourceUri, row.status(), state, row.error());
  }
}
