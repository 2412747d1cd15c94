package com.nomadicml.beam.imports;

import java.util.List;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * How far one job of a lane has been read. Times are epoch milliseconds.
 *
 * @param done nothing is left to look at
 * @param known every item has been seen; only pages that hold a pending row are read again
 * @param nextLookAt not to be looked at before
 * @param changedAt when a look last showed something new
 * @param inVain looks and passes that did not finish it
 * @param quietPasses passes in a row that showed what the one before showed
 * @param digest of what the last whole pass showed
 * @param total the largest total that the API has named
 * @param looks pages that were handed on so far
 * @param pass the pass under way, or null between passes
 * @param pendingPages cursors of the pages to read again; "" is the first page
 */
public record JobProgress(
    boolean done,
    boolean known,
    long nextLookAt,
    long changedAt,
    int inVain,
    int quietPasses,
    long digest,
    int total,
    int looks,
    @Nullable Pass pass,
    List<String> pendingPages) {

  /**
   * A walk over all pages of a job, from its first.
   *
   * @param cursor where the next page starts; "" is the first page
   * @param cursors where pages of this pass have started, against cursors that loop
   * @param uris hashes of the URIs seen
   * @param rows rows seen, by distinct video id within their page
   * @param digest of ids and states seen, in any order
   */
  public record Pass(String cursor, Set<String> cursors, Set<Long> uris, int rows, long digest) {}

  public static JobProgress start(long submittedAt, long firstLookAt) {
    return new JobProgress(false, false, firstLookAt, submittedAt, 0, 0, 0, 0, 0, null, List.of());
  }

  public boolean isUnread() {
    return inVain == 0;
  }

  /** Rows that the pass under way has seen. */
  int rowsOfPass() {
    return pass == null ? 0 : pass.rows();
  }

  public JobProgress ended() {
    return new JobProgress(
        true,
        known,
        nextLookAt,
        changedAt,
        inVain,
        quietPasses,
        digest,
        total,
        looks,
        null,
        List.of());
  }

  JobProgress lookAgainAt(long millis) {
    return with(millis, inVain, looks, pass, pendingPages);
  }

  /** A look did not finish the job, and a pass under way is given up. */
  JobProgress lookedInVain(long nextLookAt) {
    return with(nextLookAt, inVain + 1, looks, null, known ? pendingPages : List.of());
  }

  /** One more page was handed on. */
  public JobProgress looked() {
    return with(nextLookAt, inVain, looks + 1, pass, pendingPages);
  }

  private JobProgress with(
      long nextLookAt, int inVain, int looks, @Nullable Pass pass, List<String> pendingPages) {
    return new JobProgress(
        done,
        known,
        nextLookAt,
        changedAt,
        inVain,
        quietPasses,
        digest,
        total,
        looks,
        pass,
        pendingPages);
  }
}
