package com.nomadicml.beam.pipeline;

import static com.nomadicml.beam.model.ImportTarget.MAX_FOLDER_BYTES;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.primitives.Ints;
import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportDefaults;
import com.nomadicml.beam.imports.JobReader;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.StreamSettings;
import com.nomadicml.beam.imports.lane.LaneRules;
import com.nomadicml.beam.imports.lane.LaneSettings;
import com.nomadicml.beam.manifest.ManifestFormat;
import com.nomadicml.beam.manifest.ReadManifests;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.StoreAccess;
import java.io.Serializable;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * The options of a run, checked and typed.
 *
 * @param runId names this run in the tables
 */
public record ImportSettings(
    String runId,
    String manifest,
    ManifestFormat manifestFormat,
    @Nullable String uriField,
    ManifestSettings reading,
    StatusStore store,
    URI apiUrl,
    ApiKeySource apiKey,
    ImportDefaults defaults,
    String collection,
    int batchSize,
    int pageSize,
    int requestsPerMinute,
    int requestsPerDay,
    boolean waitForQuota,
    int apiLanes,
    int maxAttempts,
    Duration awaitTimeout,
    Duration patience,
    OnUnknownSubmit onUnknownSubmit,
    boolean canary,
    double failureThreshold,
    @Nullable String deadLetter,
    @Nullable StreamingSettings streaming)
    implements Serializable {

  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with one line for the user when a value can't be used
   */
  public static ImportSettings of(ImportOptions options, String runId) {
    return of(options, runId, false);
  }

  /**
   * Reads the options.
   *
   * @param orgOnly whether lines whose scope is user are rejected
   */
  static ImportSettings of(ImportOptions options, String runId, boolean orgOnly) {
    return new ImportSettings(
        runId,
        manifest(options),
        ManifestFormat.parse(options.getManifestFormat()),
        options.getUriField(),
        ManifestSettings.of(options, orgOnly),
        store(options),
        apiUrl(options.getApiUrl()),
        options.getEmulator()
            ? ApiKeySource.anyKey()
            : ApiKeySource.parse(options.getApiKeySecret()),
        new ImportDefaults(
            folder(options.getFolder()),
            scope(options.getScope()),
            integrations(options.getIntegrations())),
        collection(options.getCollection()),
        atLeast(1, options.getBatchSize(), "--batchSize"),
        pageSize(options.getPageSize()),
        atLeast(0, options.getRequestsPerMinute(), "--requestsPerMinute"),
        atLeast(0, options.getRequestsPerDay(), "--requestsPerDay"),
        waitForQuota(options.getOnQuota()) || options.isStreaming(),
        apiLanes(options),
        atLeast(1, options.getMaxAttempts(), "--maxAttempts"),
        duration("--awaitTimeout", options.getAwaitTimeout()),
        duration("--patience", options.getPatience()),
        onUnknownSubmit(options.getOnUnknownSubmit()),
        options.getCanary(),
        percent(options.getFailureThreshold(), "--failureThreshold"),
        blankToNull(options.getDeadLetter()),
        StreamingSettings.of(options));
  }

  private static StatusStore store(ImportOptions options) {
    Duration patience = duration("--patience", options.getPatience());
    String secret = blankToNull(options.getStatusTableSecret());
    StatusStore store =
        StatusStore.at(
            options.getStatusTable(),
            new StoreAccess(
                options.isStreaming() ? FOR_EVER : patience,
                secret == null ? null : ApiKeySource.parsePassword("--statusTableSecret", secret)));
    if (!options.getDryRun()) {
      store.checkWritable();
    }
    return store;
  }

  /** A manifest's own folders are bounded alike. */
  @Nullable
  private static String folder(@Nullable String value) {
    String folder = blankToNull(value);
    if (folder != null && folder.getBytes(UTF_8).length > MAX_FOLDER_BYTES) {
      throw new IllegalArgumentException(
          "--folder is longer than " + MAX_FOLDER_BYTES + " bytes: name a shorter one");
    }
    return folder;
  }

  private static String collection(String collection) {
    if (collection.isBlank()) {
      throw new IllegalArgumentException(
          "--collection is empty: name one, or omit the option for videos");
    }
    return collection.strip();
  }

  /** What the run imports, for its row. */
  private static String manifest(ImportOptions options) {
    if (options.getSource() != null) {
      return options.getSource();
    }
    return options.getManifestQuery() == null ? options.getManifest() : ReadManifests.QUERY;
  }

  boolean isStreaming() {
    return streaming != null;
  }

  /** Where items go that do not say so themselves. */
  String destination() {
    return ImportTarget.destination(defaults.scope(), defaults.folder());
  }

  /** Of these destinations, those that the run may import into. */
  List<String> allowed(List<String> destinations) {
    return reading.orgOnly()
        ? destinations.stream().filter(name -> name.startsWith("org/")).toList()
        : destinations;
  }

  /** Whether the tables are the queue of a lane, as in a batch run. */
  boolean hasLane() {
    return store.hasLane() && !isStreaming();
  }

  LaneSettings lane(HttpApiFactory api, Clock clock) {
    LaneRules rules =
        new LaneRules(
            runId,
            apiLanes,
            pageSize,
            rowsAPage(),
            canary,
            failureThreshold,
            maxAttempts,
            onUnknownSubmit,
            awaitTimeout,
            patience);
    return new LaneSettings(rules, store, api, clock);
  }

  StreamSettings streamSettings() {
    return new StreamSettings(
        apiLanes,
        batchSize,
        streaming.maxBatchDelay(),
        maxAttempts,
        awaitTimeout,
        pageSize,
        onUnknownSubmit);
  }

  /** About how many rows a page has. */
  int rowsAPage() {
    return pageSize == JobReader.AUTO_PAGE_SIZE ? JobReader.USUAL_PAGE_SIZE : pageSize;
  }

  ReadManifests readManifests() {
    return reading.read(manifest).withFormat(manifestFormat).withUriField(uriField);
  }

  /** What a stream reads, for ever. */
  PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> watch() {
    return streaming.source() == null
        ? readManifests().withWatch(streaming.watchInterval())
        : reading.readMessages(streaming.source()).withUriField(uriField);
  }

  private static URI apiUrl(String value) {
    try {
      return URI.create(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--apiUrl is not a URL: " + value, e);
    }
  }

  private static String scope(String value) {
    String scope = value.strip().toLowerCase(Locale.ROOT);
    if (!scope.equals("user") && !scope.equals("org")) {
      throw new IllegalArgumentException("--scope must be user or org, not '" + value + "'");
    }
    return scope;
  }

  private static Map<String, String> integrations(@Nullable String value) {
    Map<String, String> integrations = new LinkedHashMap<>();
    if (value == null) {
      return integrations;
    }
    for (String pair : Splitter.on(',').trimResults().omitEmptyStrings().split(value)) {
      List<String> parts = Splitter.on('=').trimResults().limit(2).splitToList(pair);
      if (parts.size() < 2 || parts.get(0).isEmpty() || parts.get(1).isEmpty()) {
        throw new IllegalArgumentException(
            "--integrations takes bucket=id,bucket=id, not '" + pair + "'");
      }
      integrations.put(parts.get(0), parts.get(1));
    }
    return integrations;
  }

  static Duration duration(String option, String value) {
    try {
      Duration duration = Duration.parse(value);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Told below, as for a duration that can't be used.
    }
    throw new IllegalArgumentException(
        option + " takes a duration such as PT6H, PT30M or PT10S, not '" + value + "'");
  }

  private static int pageSize(String value) {
    if (value.strip().equalsIgnoreCase("auto")) {
      return JobReader.AUTO_PAGE_SIZE;
    }
    Integer rows = Ints.tryParse(value.strip());
    if (rows == null || rows < 1) {
      throw new IllegalArgumentException(
          "--pageSize must be auto or at least 1, not '" + value + "'");
    }
    return rows;
  }

  private static boolean waitForQuota(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "pause" -> false;
      case "wait" -> true;
      default ->
          throw new IllegalArgumentException(
              "--onQuota must be pause or wait, not '" + value + "'");
    };
  }

  private static OnUnknownSubmit onUnknownSubmit(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "resend" -> OnUnknownSubmit.RESEND;
      case "hold" -> OnUnknownSubmit.HOLD;
      default ->
          throw new IllegalArgumentException(
              "--onUnknownSubmit must be resend or hold, not '" + value + "'");
    };
  }

  private static double percent(double value, String option) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException(option + " takes a percentage, not " + value);
    }
    return value;
  }

  /** Each lane has a whole share of the quota. */
  private static int apiLanes(ImportOptions options) {
    int lanes = atLeast(1, options.getApiLanes(), "--apiLanes");
    int perMinute = options.getRequestsPerMinute();
    if (perMinute > 0 && lanes > perMinute) {
      throw new IllegalArgumentException(
          "--apiLanes=" + lanes + " is more than --requestsPerMinute=" + perMinute);
    }
    return lanes;
  }

  private static int atLeast(int least, int value, String option) {
    if (value < least) {
      throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
    }
    return value;
  }

  @Nullable
  private static String blankToNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value.strip();
  }
}
