package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.api.VideoRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The rows of a job in the order of their ids. Times are milliseconds since the simulation's start.
 */
final class SimulatedRows {
  private static final HexFormat HEX = HexFormat.of();
  private static final int DIGITS = 16;

  private final long[] ids;
  private final int[] clips;
  private final long[] shownAt;
  private final long[] doneAt;

  SimulatedRows(long[] ids, int[] clips, long[] shownAt, long[] doneAt) {
    this.ids = ids;
    this.clips = clips;
    this.shownAt = shownAt;
    this.doneAt = doneAt;
  }

  int size() {
    return ids.length;
  }

  /** When the last video is done. */
  long doneAt() {
    return Arrays.stream(doneAt).max().orElse(0);
  }

  /** When rows appear, in order. */
  long[] appearances() {
    long[] sorted = shownAt.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  VideoPage page(PageRequest request, long now) {
    int limit = Math.min(request.limit(), SimulatedBackend.MAX_LIMIT);
    int row = request.cursor() == null ? 0 : after(request.cursor());
    List<VideoRow> videos = new ArrayList<>(Math.min(limit, ids.length));
    String last = null;
    for (; row < ids.length; row++) {
      if (shownAt[row] > now) {
        continue;
      }
      if (videos.size() == limit) {
        return new VideoPage(ids.length, true, last, videos);
      }
      last = id(row);
      String status = doneAt[row] <= now ? "UPLOADED" : "PROCESSING";
      videos.add(new VideoRow(last, status, SimulatedFleet.uri(clips[row]), null));
    }
    return new VideoPage(ids.length, false, null, videos);
  }

  /** The first row after the one with this id. */
  private int after(String cursor) {
    long id = Long.parseUnsignedLong(cursor, 0, DIGITS, 16);
    int low = 0;
    int high = ids.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(ids[middle], id) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** As long as the API's own. */
  private String id(int row) {
    return HEX.toHexDigits(ids[row]) + HEX.toHexDigits(~ids[row]);
  }
}
