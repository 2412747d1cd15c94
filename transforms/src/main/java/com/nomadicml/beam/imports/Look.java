package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.SeenVideo;
import java.util.List;
import javax.annotation.Nullable;

/** What rows of one page were seen, and where the API says that the job goes on. */
public record Look(int total, @Nullable String nextCursor, List<SeenVideo> videos) {
  private static final double MOSTLY = 0.9;

  /** The estimate from one page's last id is off by a few percent. */
  private static final double MOSTLY_AS_ESTIMATED = 0.8;

  private static final int DIGITS = 8;
  private static final double IDS = 0x1.0p32;

  boolean hasPending() {
    return pending() > 0;
  }

  /**
   * Whether most items of a job seem to be terminal.
   *
   * @param before rows of the job's pages before this one
   * @param requested items of the job
   */
  boolean isMostlyFinal(int before, int requested) {
    long ended = videos.size() - pending();
    if (nextCursor == null) {
      return before + ended >= MOSTLY * requested;
    }
    return ended >= MOSTLY * videos.size()
        && (before > 0 || rowsByLastId() >= MOSTLY_AS_ESTIMATED * requested);
  }

  /** The part of a job's items that are terminal, from 0 to 1, as far as this page tells. */
  double finalPart(JobProgress before, int requested) {
    double items = Math.max(1, requested);
    double ended =
        before.known() ? items - pending() : before.rowsOfPass() + videos.size() - pending();
    return Math.max(0, Math.min(1, ended / items));
  }

  /**
   * About how many rows a job shows in all, judged by its first page: ids are random and rows come
   * in their order (contract, section 4.7), so the page's share of the rows is the share of the ids
   * up to its last. A hint only; other ids than hexadecimal ones give none.
   */
  private double rowsByLastId() {
    try {
      long last = Long.parseLong(nextCursor, 0, Math.min(DIGITS, nextCursor.length()), 16);
      return nextCursor.length() < DIGITS || last <= 0
          ? Double.MAX_VALUE
          : videos.size() * IDS / last;
    } catch (NumberFormatException opaque) {
      return Double.MAX_VALUE;
    }
  }

  private long pending() {
    return videos.stream().filter(video -> !video.getState().isFinal()).count();
  }
}
