package com.nomadicml.beam.pipeline;

import java.util.Arrays;
import java.util.Set;

/** What the options of an import are about, as people look for them. */
public enum ImportOptionGroup {
  MANIFESTS(
      "Manifests",
      "manifest",
      "manifestFormat",
      "manifestQuery",
      "source",
      "watchInterval",
      "uriField",
      "columns",
      "label",
      "include",
      "exclude",
      "since",
      "limit",
      "expand"),
  DESTINATION("Destination", "folder", "scope", "integrations", "collection"),
  TABLES(
      "Status tables", "statusTable", "statusTableSecret", "sameAccount", "patience", "deadLetter"),
  API("API", "apiUrl", "apiKeySecret", "apiLanes"),
  QUOTA("Quota", "requestsPerMinute", "requestsPerDay", "onQuota"),
  OUTCOMES(
      "Batches and outcomes",
      "batchSize",
      "maxBatchDelay",
      "pageSize",
      "maxAttempts",
      "awaitTimeout",
      "onUnknownSubmit",
      "canary"),
  /** All others: no template has them. */
  COMMAND("The command only"),
  /** The few of Beam's own that most people meet. */
  BEAM("Of Beam", "streaming", "runner", "awsRegion", "endpoint");

  private final String title;
  private final Set<String> options;

  ImportOptionGroup(String title, String... options) {
    this.title = title;
    this.options = Set.of(options);
  }

  /** As a heading. */
  public String title() {
    return title;
  }

  /** The group of an option. */
  public static ImportOptionGroup of(String option) {
    return Arrays.stream(values())
        .filter(group -> group.options.contains(option))
        .findFirst()
        .orElse(COMMAND);
  }

  boolean contains(String option) {
    return options.contains(option);
  }
}
