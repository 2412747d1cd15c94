package com.nomadicml.beam.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** The parameters of all templates, in the order in which the console shows them. */
final class TemplateParameters {
  /** Options with a default that can't be used on Dataflow, and why. */
  static final Map<String, String> REQUIRED_HERE =
      Map.of(
          "statusTable", "a SQLite file would be each worker's own",
          "apiKeySecret", "workers have no environment variable of the launcher");

  private static final String MANIFESTS = "Manifests";
  private static final String DESTINATION = "Destination";
  private static final String TABLES = "Status tables";
  private static final String API = "API";
  private static final String QUOTA = "Quota";
  private static final String OUTCOMES = "Batches and outcomes";

  private static final String REMOTE = "^((gs|s3)://|bigquery:).+$";
  private static final String LIST = "^[^,]+(,[^,]+)*$";
  private static final String NUMBER = "^[0-9]+$";
  private static final String DURATION = "^P[0-9DTHMS.]+$";
  private static final String POSITIVE = "^[1-9][0-9]*$";

  private final Map<String, TemplateOption> options = TemplateOption.all();
  private final List<TemplateParameter> parameters = new ArrayList<>();

  private TemplateParameters() {
    add("manifest", MANIFESTS, "Manifests", REMOTE, "gs://fleet/manifests/2026-11-24.csv");
    add("manifestQuery", MANIFESTS, "Query of BigQuery", null, "SELECT uri FROM fleet.recordings");
    add(
        "source",
        MANIFESTS,
        "Source of messages",
        "^(pubsub:projects/[^/]+/subscriptions/[^/]+|sqs:https?://.+)$",
        "pubsub:projects/fleet-project/subscriptions/videos");
    add("watchInterval", MANIFESTS, "How often to look for manifests", DURATION, "PT1M");
    choose(
        "manifestFormat",
        MANIFESTS,
        "Format of the manifests",
        "auto",
        "txt",
        "csv",
        "tsv",
        "jsonl",
        "json",
        "parquet",
        "avro",
        "s3-inventory",
        "s3-batch-csv",
        "gcs-inventory");
    add("uriField", MANIFESTS, "Column or property of the URI", null, "uri");
    add("include", MANIFESTS, "Only URIs with", null, "/front/");
    add("exclude", MANIFESTS, "No URIs with", null, "/test/");
    add("since", MANIFESTS, "Older manifest", REMOTE, "gs://fleet/manifests/2026-11-23.csv");
    add("limit", MANIFESTS, "Most items", NUMBER, "1000");
    add(
        "columns",
        MANIFESTS,
        "Which columns mean what",
        "^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$",
        "uri=path,front=cam_f,folder=-");
    add("label", MANIFESTS, "Columns that become labels", LIST, "vehicle,drive");
    choose("expand", MANIFESTS, "List wildcards", "true", "false");

    add("folder", DESTINATION, "Folder", null, "fleet");
    choose("scope", DESTINATION, "Scope of the folder", "user", "org");
    add(
        "integrations",
        DESTINATION,
        "Integrations by bucket",
        "^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$",
        "fleet-recordings=int_1");
    add("collection", DESTINATION, "Collection", "^[^/\\s]+$", "videos");

    add(
        "statusTable",
        TABLES,
        "Where the status tables are",
        "^(bigquery:[^.]+\\.[^.]+|jdbc:postgresql:.+)$",
        "bigquery:fleet-project.nomadic_import");
    choose("sameAccount", TABLES, "Add this account to the tables", "true", "false");
    // Something before a colon or slash: a password that is pasted here has none.
    add(
        "statusTableSecret",
        TABLES,
        "Where the password of the status tables is found",
        "^[a-z]+[:/].+$",
        "projects/fleet-project/secrets/status-table/versions/latest");
    add("patience", TABLES, "How long tables are waited for", DURATION, "PT2H");
    add(
        "deadLetter",
        TABLES,
        "Folder or topic of dead letters",
        "^((gs|s3)://.+|pubsub:projects/.+/topics/.+)$",
        "gs://fleet/dead");

    // Something before a colon or slash: a key that is pasted here has none.
    add(
        "apiKeySecret",
        API,
        "Where the API key is found",
        "^[a-z]+[:/].+$",
        "projects/fleet-project/secrets/nomadic-api-key/versions/latest");
    add("apiUrl", API, "Base URL of the API", "^https://.+$", "https://api-prod.nomadicml.com");
    add("apiLanes", API, "Lanes", POSITIVE, "4");

    add("requestsPerMinute", QUOTA, "Requests a minute", NUMBER, "60");
    add("requestsPerDay", QUOTA, "Requests a day", NUMBER, "10000");
    choose("onQuota", QUOTA, "When the day is spent", "pause", "wait");

    add("batchSize", OUTCOMES, "Items a request", POSITIVE, "1000");
    add("maxBatchDelay", OUTCOMES, "How long an item waits for others", DURATION, "PT30S");
    add("pageSize", OUTCOMES, "Rows a page", "^(auto|[1-9][0-9]*)$", "500");
    add("maxAttempts", OUTCOMES, "Attempts an item", POSITIVE, "3");
    add("awaitTimeout", OUTCOMES, "How long a job is awaited", DURATION, "PT6H");
    choose("onUnknownSubmit", OUTCOMES, "When a request's outcome is unknown", "resend", "hold");
    choose("canary", OUTCOMES, "Send a few items first", "true", "false");
  }

  static List<TemplateParameter> all() {
    return List.copyOf(new TemplateParameters().parameters);
  }

  private void add(
      String name, String group, String label, @Nullable String regex, String example) {
    parameters.add(new TemplateParameter(option(name), group, label, regex, List.of(), example));
  }

  /** One of some values; the first stands for all in the README. */
  private void choose(String name, String group, String label, String... values) {
    TemplateOption option = option(name);
    boolean isSwitch = option.type() == TemplateOption.Type.BOOLEAN;
    parameters.add(
        new TemplateParameter(
            option, group, label, null, isSwitch ? List.of() : List.of(values), values[0]));
  }

  private TemplateOption option(String name) {
    TemplateOption option = options.get(name);
    if (option == null) {
      throw new AssertionError("the import has no option --" + name);
    }
    return option;
  }
}
