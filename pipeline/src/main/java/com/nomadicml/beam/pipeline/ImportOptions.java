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
      "The manifests to import: comma-separated paths or globs (local, gs:// or s3://), or tables"
          + " (bigquery:PROJECT.DATASET.TABLE).")
  @Validation.Required(groups = MANIFEST)
  String getManifest();

  void setManifest(String manifest);

  @Description(
      "Instead of --manifest: a SELECT of BigQuery in standard SQL. Its columns are those of a"
          + " CSV manifest.")
  @Validation.Required(groups = MANIFEST)
  String getManifestQuery();

  void setManifestQuery(String manifestQuery);

  @Description(
      "With --streaming, instead of --manifest: where messages come from,"
          + " pubsub:projects/PROJECT/subscriptions/NAME or sqs:URL.")
  @Validation.Required(groups = MANIFEST)
  String getSource();

  void setSource(String source);

  @Description(
      "With --streaming: how often to look for new and changed manifests, as an ISO-8601"
          + " duration.")
  @Default.String("PT1M")
  String getWatchInterval();

  void setWatchInterval(String watchInterval);

  @Description(
      "With --streaming: how long an item waits for others at most before its batch is sent, as"
          + " an ISO-8601 duration.")
  @Default.String("PT30S")
  String getMaxBatchDelay();

  void setMaxBatchDelay(String maxBatchDelay);

  @Description(
      "A folder: the import also writes rejected and finally failed items there, as manifests"
          + " that you can import again. Or pubsub:projects/PROJECT/topics/TOPIC: it publishes"
          + " each one as a message.")
  String getDeadLetter();

  void setDeadLetter(String deadLetter);

  @Description(
      "The format of the manifests: auto (the file name decides), txt, csv, tsv, jsonl, json,"
          + " parquet, avro, s3-inventory, s3-batch-csv or gcs-inventory.")
  @Default.String("auto")
  String getManifestFormat();

  void setManifestFormat(String format);

  @Description(
      "The column or property that holds the URI. Default: the first of uri, source_uri,"
          + " source-ref, url, path and video that is there.")
  String getUriField();

  void setUriField(String uriField);

  @Description("Import only URIs in which this regular expression is found.")
  String getInclude();

  void setInclude(String include);

  @Description("Leave out URIs in which this regular expression is found.")
  String getExclude();

  void setExclude(String exclude);

  @Description(
      "An older manifest or inventory of the same format. Entries that are unchanged since then"
          + " are skipped: same etag if both have one, else same size and time, else same URI.")
  String getSince();

  void setSince(String since);

  @Description("Plan only the first so many items; 0 means all.")
  @Default.Integer(0)
  int getLimit();

  void setLimit(int limit);

  @Description(
      "Which columns or properties mean what, - for none: uri=path,front=cam_f,folder=-. Default:"
          + " the ones that are named as what they mean.")
  String getColumns();

  void setColumns(String columns);

  @Description("Columns or properties that travel to import_videos.labels: vehicle,drive,…")
  String getLabel();

  void setLabel(String label);

  @Description(
      "List each gs:// or s3:// line with a wildcard into its .mp4 objects. Without this option"
          + " such a line is rejected.")
  @Default.Boolean(false)
  boolean getExpand();

  void setExpand(boolean expand);

  @Description(
      "Where the status tables are: jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE or"
          + " bigquery:PROJECT.DATASET. With --emulator: jdbc:sqlite:import-status.emulator.db.")
  @Default.String(LocalDefaults.TABLE)
  String getStatusTable();

  void setStatusTable(String statusTable);

  @Description(
      "Let the status tables, which belong to the account that used them first, belong to this"
          + " run's account too: for an account that has a new user or a new URL.")
  @Default.Boolean(false)
  boolean getSameAccount();

  void setSameAccount(boolean sameAccount);

  @Description(
      "Where the password of a PostgreSQL status table is found: env:NAME, file:PATH,"
          + " projects/P/secrets/S/versions/V of Secret Manager, or the ARN of a secret in AWS"
          + " Secrets Manager. Never the password itself.")
  String getStatusTableSecret();

  void setStatusTableSecret(String statusTableSecret);

  @Description(
      "How long to wait for a status table that is locked (SQLite) or away (PostgreSQL, BigQuery),"
          + " and for an API that is away, before the run ends (ISO-8601). A stream waits for ever.")
  @Default.String("PT2H")
  String getPatience();

  void setPatience(String patience);

  @Description("Base URL of the API: https, or plain http on the loopback interface.")
  @Default.String("https://api-prod.nomadicml.com")
  String getApiUrl();

  void setApiUrl(String apiUrl);

  @Description("Start the emulator in this process and import into it. It needs no key.")
  @Default.Boolean(false)
  boolean getEmulator();

  void setEmulator(boolean emulator);

  @Description(
      "Where the API key is: env:NAME, file:PATH, projects/P/secrets/S/versions/V of Secret"
          + " Manager, or the ARN of a secret in AWS Secrets Manager. Never the key itself.")
  @Default.String("env:NOMADIC_API_KEY")
  String getApiKeySecret();

  void setApiKeySecret(String apiKeySecret);

  @Description(
      "The folder to import into. The import creates it if it is absent. A row's own folder wins.")
  String getFolder();

  void setFolder(String folder);

  @Description("The scope of the folder: user or org. A row's own scope wins.")
  @Default.String("user")
  String getScope();

  void setScope(String scope);

  @Description(
      "The saved integrations to use: bucket=id,… A gs:// bucket without one uses the saved"
          + " integration that covers it.")
  String getIntegrations();

  void setIntegrations(String integrations);

  @Description(
      "The collection to import into. Use another one than videos only on a host of your own.")
  @Default.String("videos")
  String getCollection();

  void setCollection(String collection);

  @Description("How many items one import request has at most: 1 to 100000.")
  @Default.Integer(1000)
  int getBatchSize();

  void setBatchSize(int batchSize);

  @Description("How many rows of a job to read per request; auto means as many as the API grants.")
  @Default.String("500")
  String getPageSize();

  void setPageSize(String pageSize);

  @Description("How many requests to send per minute at most; 0 means no limit.")
  @Default.Integer(60)
  int getRequestsPerMinute();

  void setRequestsPerMinute(int requestsPerMinute);

  @Description(
      "How many requests to send per day (UTC) at most, over all runs that share the status"
          + " table; 0 means no limit.")
  @Default.Integer(10000)
  int getRequestsPerDay();

  void setRequestsPerDay(int requestsPerDay);

  @Description(
      "What to do when the requests of the day are spent: pause (end with exit code 4, to be run"
          + " again) or wait.")
  @Default.String("pause")
  String getOnQuota();

  void setOnQuota(String onQuota);

  @Description("How many requests may be in flight at once.")
  @Default.Integer(4)
  int getApiLanes();

  void setApiLanes(int apiLanes);

  @Description("How often to import a failed item in all, across runs.")
  @Default.Integer(1)
  int getMaxAttempts();

  void setMaxAttempts(int maxAttempts);

  @Description(
      "How long to wait for a job after it was sent, as an ISO-8601 duration. After that, rows"
          + " that the API never showed become MISSING, and unfinished rows stay SUBMITTED.")
  @Default.String("PT6H")
  String getAwaitTimeout();

  void setAwaitTimeout(String awaitTimeout);

  @Description(
      "What to do if nobody knows whether the API accepted a request: resend it under the same"
          + " key, or hold it for a person.")
  @Default.String("resend")
  String getOnUnknownSubmit();

  void setOnUnknownSubmit(String onUnknownSubmit);

  @Description(
      "Before a target of several batches is sent, send up to 20 of its items, and stop the"
          + " target if all of them fail.")
  @Default.Boolean(true)
  boolean getCanary();

  void setCanary(boolean canary);

  @Description(
      "Stop the run when more than so many percent of its finished items are not uploaded,"
          + " counted from 1,000 finished items on; 0 means never.")
  @Default.Double(0)
  double getFailureThreshold();

  void setFailureThreshold(double failureThreshold);

  @Description(
      "How to show how far the run is, on standard error: auto (a bar on a terminal, else a line"
          + " per minute), bar, plain or none.")
  @Default.String("auto")
  String getProgress();

  void setProgress(String progress);

  @Description(
      "Where the run's summary goes as one JSON object, as docs/status.schema.json describes it: a"
          + " file, or - for standard output, where nothing else is printed then.")
  String getSummaryJson();

  void setSummaryJson(String summaryJson);

  @Description(
      "With --dryRun: where the rejected lines go, one JSON object a line with its manifest, line,"
          + " text and reason. A file.")
  String getRejected();

  void setRejected(String rejected);

  @Description("With --dryRun: print what it finds as one JSON object on standard output.")
  @Default.Boolean(false)
  boolean getJson();

  void setJson(boolean json);

  @Description(
      "Only plan and report: say what the import would send, cost and take. It writes no table and"
          + " needs no key. With a key it asks the API which integrations there are: one request.")
  @Default.Boolean(false)
  boolean getDryRun();

  void setDryRun(boolean dryRun);

  @Description("Show where a failure comes from in the code, and what Beam and its libraries log.")
  @Default.Boolean(false)
  boolean getDebug();

  void setDebug(boolean debug);
}
