package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiRoute;
import com.nomadicml.beam.model.VideoState;
import java.util.Locale;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;

/** All metrics of the import transforms. Counts are items unless the name says otherwise. */
public final class ImportMetrics {
  public static final String NAMESPACE = "nomadic_import";

  public static final String DUPLICATE = "duplicate_items";
  public static final String ALREADY_DONE = "already_done_items";

  /** Those of the {@link #ALREADY_DONE} that are sets of which a view failed. */
  public static final String DONE_WITHOUT_VIEWS = "already_done_without_views";

  /** Sets that this run leaves uploaded, but of which a view failed. */
  public static final String UPLOADED_WITHOUT_VIEWS = "uploaded_without_views";

  public static final String IN_FLIGHT = "in_flight_items";
  public static final String RESUMED = "resumed_items";
  public static final String PLANNED = "planned_items";

  /** Items that planning leaves as they are, not uploaded. */
  public static final String LEFT = "left_items";

  public static final String STOPPED = "stopped_items";
  public static final String SUBMITTED = "submitted_items";
  public static final String PAUSED = "paused_items";
  public static final String REQUESTS = "requests";

  /** Tries by what they were about and how they were answered; see {@link #requests}. */
  public static final String REQUESTS_BY_ANSWER = "requests_ROUTE_ANSWER";

  /** Milliseconds that each request waited for the quota. */
  public static final String QUOTA_WAIT = "quota_wait_msecs";

  /** Requests that a lane has left of its share of the day, at each of its requests. */
  public static final String LANE_QUOTA_LEFT = "lane_quota_left";

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

  static Distribution distribution(String name) {
    return Metrics.distribution(NAMESPACE, name);
  }

  /**
   * Name of the counter of tries that were about {@code route} and answered alike: {@code 2xx},
   * {@code 4xx}, {@code 429}, {@code 5xx}, or {@code unanswered} for status 0.
   */
  static String requests(ApiRoute route, int status) {
    String answer =
        switch (status) {
          case 0 -> "unanswered";
          case 429 -> "429";
          default -> status / 100 + "xx";
        };
    return REQUESTS_BY_ANSWER.replace("ROUTE", route.metric()).replace("ANSWER", answer);
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
