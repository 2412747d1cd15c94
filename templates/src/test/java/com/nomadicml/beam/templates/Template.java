package com.nomadicml.beam.templates;

import com.nomadicml.beam.pipeline.NomadicImport;
import com.nomadicml.beam.pipeline.NomadicStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The templates there are, and what tells one from the other. */
enum Template {
  BATCH(
      "Nomadic_Video_Import",
      "Nomadic Video Import",
      "Imports the cloud videos of manifests (gs://, s3://, hf://buckets/) into NomadicML. At the"
          + " end, a table has one row for each URI that says what became of it. You can run it"
          + " again at any time with the same parameters: it leaves alone what is done, and goes on"
          + " with what is open.",
      NomadicImport.class,
      Map.ofEntries(
          Map.entry("debug", "the launcher of a template ends before anything can fail"),
          Map.entry("progress", "the launcher of a template ends before the run is any further"),
          Map.entry("summaryJson", "the launcher of a template ends before the run has a summary"),
          Map.entry("json", "it is of use to a dry run only"),
          Map.entry("rejected", "it is of use to a dry run only"),
          Map.entry(
              "emulator", "it runs within the launcher's process, where no worker reaches it"),
          Map.entry(
              "dryRun",
              "it prints its report where it is started, and a launch has nobody to read it"),
          Map.entry("failureThreshold", "the launcher watches it, and a launched job has none"),
          Map.entry("source", "it is read for ever, and this template's job ends"),
          Map.entry("watchInterval", "it is of use to a stream only"),
          Map.entry("maxBatchDelay", "it is of use to a stream only"))),
  STREAMING(
      "Nomadic_Video_Import_Streaming",
      "Nomadic Video Import, streaming",
      "Imports cloud videos (gs://, s3://, hf://buckets/) into NomadicML for ever, from messages"
          + " of Pub/Sub or SQS or from new manifests. A table has one row for each URI that says"
          + " what became of it. You can drain, update and start it again: it leaves alone what is"
          + " done, and goes on with what is open.",
      NomadicStream.class,
      Map.ofEntries(
          Map.entry("progress", "the launcher of a template ends before the run is any further"),
          Map.entry("summaryJson", "the launcher of a template ends before the run has a summary"),
          Map.entry("json", "it is of use to a dry run only"),
          Map.entry("debug", "the launcher of a template ends before anything can fail"),
          Map.entry("rejected", "it is of use to a dry run only"),
          Map.entry(
              "emulator", "it runs within the launcher's process, where no worker reaches it"),
          Map.entry("dryRun", "it looks at a whole manifest, and a stream is never at its end"),
          Map.entry("failureThreshold", "the launcher watches it, and a launched job has none"),
          Map.entry("manifestQuery", "a query has one answer, and a stream waits for the next"),
          Map.entry(
              "since", "it looks at a whole manifest; a stream looks each item up in the tables"),
          Map.entry("limit", "it looks at a whole manifest"),
          Map.entry("onQuota", "a stream always waits"),
          Map.entry("patience", "a stream waits for ever")));

  private final String id;
  private final String title;
  private final String description;
  private final Class<?> mainClass;
  private final Map<String, String> leftOut;

  Template(
      String id, String title, String description, Class<?> main, Map<String, String> leftOut) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.mainClass = main;
    this.leftOut = leftOut;
  }

  /** As Google names its own: in paths. */
  String id() {
    return id;
  }

  /** As the console shows it. */
  String title() {
    return title;
  }

  String description() {
    return description;
  }

  boolean isStreaming() {
    return this == STREAMING;
  }

  /** What the launcher starts. */
  Class<?> mainClass() {
    return mainClass;
  }

  /** Options that the template leaves out, and why. */
  Map<String, String> leftOut() {
    return leftOut;
  }

  /** In the order in which the console shows them. */
  List<TemplateParameter> parameters() {
    return TemplateParameters.all().stream()
        .filter(parameter -> !leftOut.containsKey(parameter.name()))
        .toList();
  }

  Path metadata() {
    return Path.of("src/main/metadata", id + ".json");
  }

  Path readme() {
    return Path.of("README_" + id + ".md");
  }
}
