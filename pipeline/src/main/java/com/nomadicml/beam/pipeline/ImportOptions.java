package com.nomadicml.beam.pipeline;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.StreamingOptions;
import org.apache.beam.sdk.options.Validation;

/** What an import can be told on its command line. */
public interface ImportOptions extends StreamingOptions {
  /** One of the options of this group is required. */
  String MANIFEST = "manifest";

  @Description(
      "Manifests to import: comma-separated paths or globs, local, gs:// or s3://, or tables as"
          + " bigquery:PROJECT.DATASET.TABLE.")
  @Validation.Required(groups = MANIFEST)
  String getManifest();

  void setManifest(String manifest);

  @Description(
      "Instead of --manifest: a query of BigQuery in standard SQL, its columns as those of a CSV"
          + " manifest.")
  @Validation.Required(groups = MANIFEST)
  String getManifestQuery();

  void setManifestQuery(String manifestQuery);

  @Description(
      "With --streaming, instead of --manifest: where messages come from,"
          + " pubsub:projects/PROJECT/subscriptions/NAME or sqs:URL.")
  @Validation.Required(groups = MANIFEST)
  String getSource();

  void setSource(String source);

  @Description("With --streaming: how often to look for new and changed manifests (ISO-8601).")
  @Default.String("PT1M")
  String getWatchInterval();

  void setWatchInterval(String watchInterval);

  @Description(
      "With --streaming: how long an item waits for others at most, until its batch is sent"
          + " (ISO-8601).")
  @Default.String("PT30S")
  String getMaxBatchDelay();

  void setMaxBatchDelay(String maxBatchDelay);

  @Description(
      "Folder into which rejected and finally failed items are written too, as manifests that can"
          + " be imported again; or pubsub:projects/PROJECT/topics/TOPIC, to which each is"
          + " published as a line of one.")
  String getDeadLetter();

  void setDeadLetter(String deadLetter);

  @Description(
      "Format of the manifests: auto (by file name), txt, csv, tsv, jsonl, json, parquet, avro,"
          + " s3-inventory, s3-batch-csv or gcs-inventory.")
  @Default.String("auto")
  String getManifestFormat();

  void setManifestFormat(String format);

  @Description(
      "Column or property that holds the URI. Default: the first of uri, source_uri, source-ref,"
          + " url, path and video that is there.")
  String getUriField();

  void setUriField(String uriField);

  @Description("Import only URIs in which this regular expression is found.")
  String getInclude();

  void setInclude(String include);

  @Description("Leave out URIs in which this regular expression is found.")
  String getExclude();

  void setExclude(String exclude);

  @Description(
      "An older manifest or inventory of the same format: what stands in it unchanged (same etag,"
          + " or size and time) is left out.")
  String getSince();

  void setSince(String since);

  @Description("Plan at most so many items, the first ones; 0 for all.")
  @Default.Integer(0)
  int getLimit();

  void setLimit(int limit);

  @Description("Columns or properties that travel to import_videos.labels: vehicle,drive,…")
  String getLabel();

  void setLabel(String label);

  @Description(
      "List a manifest's gs:// or s3:// lines with a wildcard into their .mp4 objects; otherwise"
          + " such a line is rejected.")
  @Default.Boolean(false)
  boolean getExpand();

  void setExpand(boolean expand);

  @Description(
      "Where the status tables are: jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE or"
          + " bigquery:PROJECT.DATASET.")
  @Default.String("jdbc:sqlite:import-status.db")
  String getStatusTable();

  void setStatusTable(String statusTable);

  @Description("Base URL of the API: https, or plain http on the loopback interface.")
  @Default.String("https://api-prod.nomadicml.com")
  String getApiUrl();

  void setApiUrl(String apiUrl);

  @Description("Start the emulator in this process and import into it; needs no key.")
  @Default.Boolean(false)
  boolean getEmulator();

  void setEmulator(boolean emulator);

  @Description(
      "Where the API key is found: env:NAME, file:PATH, projects/P/secrets/S/versions/V of Secret"
          + " Manager, or the ARN of a secret in AWS Secrets Manager. Never the key itself.")
  @Default.String("env:NOMADIC_API_KEY")
  String getApiKeySecret();

  void setApiKeySecret(String apiKeySecret);

  @Description("Folder to import into, created when absent; a row's own folder wins.")
  String getFolder();

  void setFolder(String folder);

  @Description("Scope of the folder, user or org; a row's own scope wins.")
  @Default.String("user")
  String getScope();

  void setScope(String scope);

  @Description(
      "Saved integrations to use: bucket=id,… For gs:// without one, resolved from the saved ones.")
  String getIntegrations();

  void setIntegrations(String integrations);

  @Description("Collection that videos are imported into; other than videos only on own hosts.")
  @Default.String("videos")
  String getCollection();

  void setCollection(String collection);

  @Description("Most items of one import request.")
  @Default.Integer(1000)
  int getBatchSize();

  void setBatchSize(int batchSize);

  @Description("Rows that a page of a job is asked for, or auto: as many as the API grants.")
  @Default.String("500")
  String getPageSize();

  void setPageSize(String pageSize);

  @Description("Most requests in any minute, over all lanes; 0 for no limit.")
  @Default.Integer(60)
  int getRequestsPerMinute();

  void setRequestsPerMinute(int requestsPerMinute);

  @Description("Most requests in any day (UTC), over all runs and lanes; 0 for no limit.")
  @Default.Integer(10000)
  int getRequestsPerDay();

  void setRequestsPerDay(int requestsPerDay);

  @Description(
      "What to do when the day's requests are spent: pause (end with exit code 4, to be run again)"
          + " or wait.")
  @Default.String("pause")
  String getOnQuota();

  void setOnQuota(String onQuota);

  @Description("Lanes that share the quota; each is one thread with its share of the rate.")
  @Default.Integer(1)
  int getApiLanes();

  void setApiLanes(int apiLanes);

  @Description("How often a failed item is imported in all, across runs.")
  @Default.Integer(1)
  int getMaxAttempts();

  void setMaxAttempts(int maxAttempts);

  @Description(
      "How long after its submission a job is awaited (ISO-8601). Then rows still unseen are"
          + " MISSING, rows still pending keep SUBMITTED.")
  @Default.String("PT6H")
  String getAwaitTimeout();

  void setAwaitTimeout(String awaitTimeout);

  @Description(
      "How long a batch run waits for an API or a database that is away (ISO-8601), where the"
          + " launcher itself sends: on the direct runner, with tables in SQLite or PostgreSQL.")
  @Default.String("PT2H")
  String getPatience();

  void setPatience(String patience);

  @Description("What to do about a request whose outcome is unknown: resend or hold.")
  @Default.String("resend")
  String getOnUnknownSubmit();

  void setOnUnknownSubmit(String onUnknownSubmit);

  @Description(
      "Send up to 20 items of each target of more than one batch first, and stop the target when"
          + " all of them fail.")
  @Default.Boolean(true)
  boolean getCanary();

  void setCanary(boolean canary);

  @Description(
      "Stop the run when more than so many percent of its finished items are not uploaded, counted"
          + " from 1,000 finished items on; 0 for never.")
  @Default.Double(0)
  double getFailureThreshold();

  void setFailureThreshold(double failureThreshold);

  @Description(
      "Plan and report only: tell what would be sent and how long it would take; no request is"
          + " sent, no table is written.")
  @Default.Boolean(false)
  boolean getDryRun();

  void setDryRun(boolean dryRun);
}
