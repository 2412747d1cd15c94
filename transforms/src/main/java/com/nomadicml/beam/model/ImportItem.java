package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** The unit of import: one video, or one multi-view set. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ImportItem {
  /** The video's URI; the front's for a set. */
  @SchemaFieldNumber("0")
  public abstract String getSourceUri();

  /** URI by view, front included; empty for a single video. */
  @SchemaFieldNumber("1")
  public abstract Map<String, String> getViews();

  /** Columns of the manifest that travel to the status table, by name. */
  @SchemaFieldNumber("2")
  public abstract Map<String, String> getLabels();

  @SchemaFieldNumber("3")
  public abstract String getManifest();

  @SchemaFieldNumber("4")
  public abstract long getLine();

  /** The integration that the line names itself, if it does. */
  @Nullable
  @SchemaFieldNumber("5")
  public abstract String getIntegrationId();

  /** Copies the maps: one that Beam decodes is equal to no other. */
  @SchemaCreate
  public static ImportItem of(
      String sourceUri,
      Map<String, String> views,
      Map<String, String> labels,
      String manifest,
      long line,
      @Nullable String integrationId) {
    return new AutoValue_ImportItem(
        sourceUri,
        ImmutableMap.copyOf(views),
        ImmutableMap.copyOf(labels),
        manifest,
        line,
        integrationId);
  }

  /** An item whose line names no integration. */
  public static ImportItem of(
      String sourceUri,
      Map<String, String> views,
      Map<String, String> labels,
      String manifest,
      long line) {
    return of(sourceUri, views, labels, manifest, line, null);
  }

  /** An item without labels. */
  public static ImportItem of(
      String sourceUri, Map<String, String> views, String manifest, long line) {
    return of(sourceUri, views, Map.of(), manifest, line);
  }
}
