package com.nomadicml.beam.emulator;

import java.time.Duration;
import picocli.CommandLine.Option;

/**
 * How the emulator behaves. Every value may be changed while it runs, through {@code PATCH
 * /_emulator/options}. Rates are percentages from 0 to 100.
 */
public final class EmulatorOptions {

  /** What becomes of a repeated {@code Idempotency-Key}: the vendor does not say. */
  public enum Idempotency {
    HONOUR,
    IGNORE
  }

  /** What becomes of a page size above {@link #maxLimit}. */
  public enum LimitMode {
    CLAMP,
    REJECT,
    GRANT
  }

  /** How a 429 says when to come back. */
  public enum RetryAfter {
    SECONDS,
    DATE,
    NONE
  }

  /** The shape of {@code detail} in an error. */
  public enum DetailStyle {
    STRING,
    OBJECT,
    LIST
  }

  /** Where the reason of a failed video is found. */
  public enum ErrorText {
    ROW,
    VIDEO_STATUS,
    NOWHERE
  }

  /** The shape of {@code failed_views}: the vendor does not say. */
  public enum FailedViewsShape {
    ROLES,
    OBJECTS,
    BY_ROLE
  }

  @Option(names = "--port", description = "Port on the loopback interface; 0 for any free one.")
  public int port;

  @Option(names = "--apiKey", description = "The only key that is accepted; any by default.")
  public String apiKey;

  @Option(names = "--userId", description = "Whose key it is; empty for untold. Default: u_1.")
  public String userId = "u_1";

  @Option(names = "--uid", description = "The same under the API's other name; untold by default.")
  public String uid = "";

  @Option(names = "--orgId", description = "The organisation of that user; untold by default.")
  public String orgId = "";

  @Option(names = "--seed", description = "Seed of video ids, timings and faults.")
  public long seed = 1;

  @Option(names = "--requestsPerMinute", description = "Quota; 0 for none. Default: 60.")
  public int requestsPerMinute = 60;

  @Option(names = "--requestsPerDay", description = "Quota; 0 for none. Default: 10000.")
  public int requestsPerDay = 10_000;

  @Option(names = "--retryAfter", description = "Of a 429: ${COMPLETION-CANDIDATES}.")
  public RetryAfter retryAfter = RetryAfter.SECONDS;

  @Option(names = "--idempotency", description = "Idempotency-Key: ${COMPLETION-CANDIDATES}.")
  public Idempotency idempotency = Idempotency.HONOUR;

  @Option(names = "--maxLimit", description = "Largest page. Default: 500.")
  public int maxLimit = 500;

  @Option(names = "--limitMode", description = "Above it: ${COMPLETION-CANDIDATES}.")
  public LimitMode limitMode = LimitMode.CLAMP;

  @Option(names = "--maxItems", description = "Items of a request before a 413; 0 for no limit.")
  public int maxItems;

  @Option(names = "--detail", description = "Shape of an error: ${COMPLETION-CANDIDATES}.")
  public DetailStyle detail = DetailStyle.STRING;

  @Option(names = "--errorText", description = "Of a failed video: ${COMPLETION-CANDIDATES}.")
  public ErrorText errorText = ErrorText.ROW;

  @Option(names = "--legacy", description = "Answer imports as old self-hosted backends do.")
  public boolean legacy;

  @Option(names = "--paywall", description = "Refuse imports with 402.")
  public boolean paywall;

  @Option(names = "--forbidden", description = "Refuse imports with 403.")
  public boolean forbidden;

  @Option(names = "--hfUnauthorized", description = "Refuse Hugging Face imports with 401.")
  public boolean hfUnauthorized;

  @Option(names = "--appearWithin", description = "Time until a row is shown. Default: PT1S.")
  public Duration appearWithin = Duration.ofSeconds(1);

  @Option(names = "--processWithin", description = "Time until a row is done. Default: PT2S.")
  public Duration processWithin = Duration.ofSeconds(2);

  @Option(
      names = "--videosPerSecond",
      description = "Pace at which the backend takes up videos, over all jobs; 0 for no limit.")
  public double videosPerSecond;

  @Option(names = "--zeroTotalFor", description = "total is 0 for so long after an import.")
  public Duration zeroTotalFor = Duration.ZERO;

  @Option(names = "--notFoundFor", description = "A job is 404 for so long after its import.")
  public Duration notFoundFor = Duration.ZERO;

  @Option(names = "--slowBy", description = "How late a slow row is. Default: PT30S.")
  public Duration slowBy = Duration.ofSeconds(30);

  @Option(names = "--tooManyRequests", description = "%% of requests answered with 429.")
  public double tooManyRequests;

  @Option(names = "--errorBefore", description = "%% answered with a 5xx, without effect.")
  public double errorBefore;

  @Option(names = "--errorAfter", description = "%% answered with a 5xx after taking effect.")
  public double errorAfter;

  @Option(names = "--lostAnswers", description = "%% that take effect and are never answered.")
  public double lostAnswers;

  @Option(names = "--htmlErrors", description = "%% answered with a proxy's 502 page.")
  public double htmlErrors;

  @Option(names = "--truncated", description = "%% answered with half of the JSON.")
  public double truncated;

  @Option(names = "--loopingCursors", description = "%% of pages that name their own cursor.")
  public double loopingCursors;

  @Option(names = "--slowRows", description = "%% of rows that are late.")
  public double slowRows;

  @Option(names = "--slowBucket", description = "A bucket whose rows are all late.")
  public String slowBucket = "";

  @Option(names = "--missingRows", description = "%% of rows that are never shown.")
  public double missingRows;

  @Option(names = "--failedRows", description = "%% of videos that fail.")
  public double failedRows;

  @Option(names = "--failedViews", description = "%% of side views of sets that fail.")
  public double failedViews;

  @Option(names = "--failedViewsShape", description = "How: ${COMPLETION-CANDIDATES}.")
  public FailedViewsShape failedViewsShape = FailedViewsShape.ROLES;

  @Option(names = "--duplicateRows", description = "%% of videos shown under a second id too.")
  public double duplicateRows;

  @Option(names = "--reencodedUris", description = "%% of rows with a percent-encoded URI.")
  public double reencodedUris;

  @Option(names = "--unknownStatuses", description = "%% of rows with an unheard-of status first.")
  public double unknownStatuses;

  @Option(names = "--strangerRows", description = "%% of jobs with a row nobody asked for.")
  public double strangerRows;
}
