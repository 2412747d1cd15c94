package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.cloud.ClientOptions;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportDefaults;
import com.nomadicml.beam.imports.JobReader;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.RequestQuota;
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
import java.time.LocalDate;
import java.util.List;
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

  /** A shorter wait for the quota is no reason to start anew. */
  private static final Duration BRIEF = Duration.ofMinutes(15);

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with one line for the user when a value can't be used
   */
  public static ImportSettings of(ImportOptions options, String runId) {
    return new ImportSettings(
        runId,
        manifest(options),
        ManifestFormat.parse(options.getManifestFormat()),
        options.getUriField(),
        ManifestSettings.of(options),
        store(options),
        OptionValues.apiUrl(options.getApiUrl()),
        options.getEmulator()
            ? ApiKeySource.anyKey()
            : ApiKeySource.parse(options.getApiKeySecret()).with(ClientOptions.of(options)),
        new ImportDefaults(
            OptionValues.folder(options.getFolder()),
            OptionValues.scope(options.getScope()),
            OptionValues.integrations(options.getIntegrations())),
        OptionValues.collection(options.getCollection()),
        OptionValues.batchSize(options.getBatchSize()),
        OptionValues.pageSize(options.getPageSize()),
        OptionValues.atLeast(0, options.getRequestsPerMinute(), "--requestsPerMinute"),
        OptionValues.atLeast(0, options.getRequestsPerDay(), "--requestsPerDay"),
        OptionValues.waitForQuota(options.getOnQuota()) || options.isStreaming(),
        OptionValues.apiLanes(options),
        OptionValues.atLeast(1, options.getMaxAttempts(), "--maxAttempts"),
        OptionValues.duration("--awaitTimeout", options.getAwaitTimeout()),
        OptionValues.duration("--patience", options.getPatience()),
        OptionValues.onUnknownSubmit(options.getOnUnknownSubmit()),
        options.getCanary(),
        OptionValues.percent(options.getFailureThreshold(), "--failureThreshold"),
        OptionValues.blankToNull(options.getDeadLetter()),
        StreamingSettings.of(options));
  }

  private static StatusStore store(ImportOptions options) {
    Duration patience = OptionValues.duration("--patience", options.getPatience());
    String secret = OptionValues.blankToNull(options.getStatusTableSecret());
    ClientOptions clients = ClientOptions.of(options);
    StatusStore store =
        StatusStore.at(
            options.getStatusTable(),
            new StoreAccess(
                options.isStreaming() ? FOR_EVER : patience,
                secret == null
                    ? null
                    : ApiKeySource.parsePassword("--statusTableSecret", secret).with(clients),
                clients));
    if (!options.getDryRun()) {
      store.checkWritable();
    }
    return store;
  }

  /** What the run imports, for its row. */
  private static String manifest(ImportOptions options) {
    if (options.getSource() != null) {
      return options.getSource();
    }
    return options.getManifestQuery() == null ? options.getManifest() : ReadManifests.QUERY;
  }

  /** The same where lines whose scope is user are rejected. */
  ImportSettings ofOrganisation() {
    return new ImportSettings(
        runId,
        manifest,
        manifestFormat,
        uriField,
        reading.ofOrganisation(),
        store,
        apiUrl,
        apiKey,
        defaults,
        collection,
        batchSize,
        pageSize,
        requestsPerMinute,
        requestsPerDay,
        waitForQuota,
        apiLanes,
        maxAttempts,
        awaitTimeout,
        patience,
        onUnknownSubmit,
        canary,
        failureThreshold,
        deadLetter,
        streaming);
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
    return new LaneSettings(isStreaming() ? rules.endless() : rules, store, api, clock);
  }

  /**
   * What the run may send.
   *
   * @param spent what all runs on these tables have spent today
   */
  RequestQuota quota(LocalDate today, long spent) {
    Duration patience = waitForQuota ? FOR_EVER : BRIEF;
    return new RequestQuota(requestsPerMinute, requestsPerDay, patience, today, spent);
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
}
