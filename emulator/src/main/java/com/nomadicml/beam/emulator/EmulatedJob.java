package com.nomadicml.beam.emulator;

import java.util.List;

/**
 * One accepted import.
 *
 * @param videoIds of what was requested, in the order of the request
 * @param videos its rows, in the order of their ids
 */
record EmulatedJob(
    String id,
    String source,
    String bucket,
    String folderId,
    boolean multiView,
    int requested,
    long acceptedAt,
    List<String> videoIds,
    List<EmulatedVideo> videos) {

  /** A page of the rows that are shown at a time, and whether more of them follow. */
  record Page(List<EmulatedVideo> videos, boolean hasMore) {}

  /** The first {@code limit} rows after the cursor, or from the offset. */
  Page page(long now, String cursor, int offset, int limit) {
    List<EmulatedVideo> shown =
        videos.stream()
            .filter(video -> video.isShown(now))
            .filter(video -> cursor == null || video.id().compareTo(cursor) > 0)
            .skip(offset)
            .limit(limit + 1L)
            .toList();
    boolean hasMore = shown.size() > limit;
    return new Page(hasMore ? shown.subList(0, limit) : shown, hasMore);
  }

  /** When its last row is final; rows that are never shown don't count. */
  long doneAt() {
    return videos.stream()
        .filter(video -> video.shownAt() != Long.MAX_VALUE)
        .mapToLong(EmulatedVideo::doneAt)
        .max()
        .orElse(acceptedAt);
  }
}
