package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.VideoState;
import java.util.Locale;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/** All metrics of the import transforms. Counts are items unless the name says otherwise. */
public final class ImportMetrics {
  public static final String NAMESPACE = "nomadic_import";

  public static final String DUPLICATE = "duplicate_items";
  public static final String ALREADY_DONE = "already_done_items";
  public static final String IN_FLIGHT = "in_flight_items";
  public static final String RESUMED = "resumed_items";
  public static final String PLANNED = "planned_items";

  /** Items that planning leaves as they are, not uploaded. */
  public static final String LEFT = "left_items";

  public static final String STOPPED = "stopped_items";
  public static final String SUBMITTED = "submitted_items";
  public static final String PAUSED = "paused_items";
  public static final String REQUESTS = "requests";

  /** Requests that were refused for the account's sake. */
  public static final String ACCOUNT_REFUSALS = "account_refusals";

  public static final String UNKNOWN_SUBMITS = "unknown_submits";

  /** Times that a row was shown that nobody asked for. */
  public static final String UNREQUESTED_ROWS = "unrequested_rows";

  /** Jobs whose total, as the API names it, is not the number of items asked for. */
  public static final String OTHER_TOTALS = "other_totals";

  /** Times that a row was shown with a status that nobody has heard of: it counts as pending. */
  public static final String UNKNOWN_STATUSES = "unknown_statuses";

  private ImportMetrics() {}

  static Counter counter(String name) {
    return Metrics.counter(NAMESPACE, name);
  }

  /** Name of the counter of items that ended a run in {@code state}. */
  public static String ended(VideoState state) {
    return "ended_" + state.name().toLowerCase(Locale.ROOT);
  }

  /** Counts items that this run leaves in {@code state}. */
  static void countEnded(VideoState state, long items) {
    counter(ended(state)).inc(items);
  }
}
