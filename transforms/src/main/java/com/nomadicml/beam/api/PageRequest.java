package com.nomadicml.beam.api;

import javax.annotation.Nullable;

/** Which rows of a job to show: from a cursor or from an offset, never both (section 4.7). */
public record PageRequest(int limit, @Nullable String cursor, @Nullable Integer offset) {

  public PageRequest {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, not " + limit);
    }
    if (cursor != null && offset != null) {
      throw new IllegalArgumentException("the API takes a cursor or an offset, never both");
    }
  }

  public static PageRequest first(int limit) {
    return new PageRequest(limit, null, null);
  }

  public static PageRequest after(int limit, @Nullable String cursor) {
    return new PageRequest(limit, cursor, null);
  }

  /** Not for multi-view jobs: their endpoint supports no offset. */
  public static PageRequest at(int limit, int offset) {
    return new PageRequest(limit, null, offset);
  }
}
