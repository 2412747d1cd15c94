package com.nomadicml.beam.emulator;

import java.util.List;

/** What becomes of a video in the end, as its rows will show it. */
public enum VideoFate {
  NEVER_SHOWN,
  FAILED,
  UPLOADED;

  /** A video is uploaded when any of its rows is. */
  static VideoFate of(List<EmulatedVideo> rows) {
    return rows.stream().map(VideoFate::of).reduce(NEVER_SHOWN, VideoFate::better);
  }

  private static VideoFate of(EmulatedVideo row) {
    if (row.shownAt() == Long.MAX_VALUE) {
      return NEVER_SHOWN;
    }
    return row.error() == null ? UPLOADED : FAILED;
  }

  static VideoFate better(VideoFate a, VideoFate b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
