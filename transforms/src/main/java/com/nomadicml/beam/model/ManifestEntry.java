package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** One valid line of a manifest: a video, or a multi-view set that its front video stands for. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ManifestEntry {

  @SchemaFieldDescription("Path of the manifest.")
  @SchemaFieldNumber("0")
  public abstract String getManifest();

  @SchemaFieldDescription("Line of the manifest, from 1.")
  @SchemaFieldNumber("1")
  public abstract long getLine();

  @SchemaFieldDescription("URI of the video; of the front view for a multi-view set.")
  @SchemaFieldNumber("2")
  public abstract String getSourceUri();

  @SchemaFieldDescription("URI by view, front included; empty for a single video.")
  @SchemaFieldNumber("3")
  public abstract Map<String, String> getViews();

  @Nullable
  @SchemaFieldDescription("The row's own folder, or null for the run's.")
  @SchemaFieldNumber("4")
  public abstract String getFolder();

  @Nullable
  @SchemaFieldDescription("The row's own scope, user or org, or null for the run's.")
  @SchemaFieldNumber("5")
  public abstract String getScope();

  @Nullable
  @SchemaFieldDescription("The row's own integration, or null for the run's.")
  @SchemaFieldNumber("6")
  public abstract String getIntegrationId();

  @SchemaFieldDescription("Columns or properties that travel to the status table, by name.")
  @SchemaFieldNumber("7")
  public abstract Map<String, String> getLabels();

  @Nullable
  @SchemaFieldDescription("What tells the object's content from another, as far as the line says.")
  @SchemaFieldNumber("8")
  public abstract String getVersion();

  @Nullable
  @SchemaFieldDescription("The row's own integration, once the run's may stand in its place.")
  @SchemaFieldNumber("9")
  public abstract String getOwnIntegrationId();

  public abstract Builder toBuilder();

  public static Builder builder() {
    return new AutoValue_ManifestEntry.Builder().setViews(Map.of()).setLabels(Map.of());
  }

  /** Builder of {@link ManifestEntry}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder setManifest(String manifest);

    public abstract Builder setLine(long line);

    public abstract Builder setSourceUri(String sourceUri);

    public abstract Builder setViews(Map<String, String> views);

    public abstract Builder setFolder(@Nullable String folder);

    public abstract Builder setScope(@Nullable String scope);

    public abstract Builder setIntegrationId(@Nullable String integrationId);

    public abstract Builder setLabels(Map<String, String> labels);

    public abstract Builder setVersion(@Nullable String version);

    public abstract Builder setOwnIntegrationId(@Nullable String integrationId);

    abstract Map<String, String> getViews();

    abstract Map<String, String> getLabels();

    abstract ManifestEntry autoBuild();

    /** Copies the maps: one that Beam decodes is equal to no other. */
    public ManifestEntry build() {
      return setViews(ImmutableMap.copyOf(getViews()))
          .setLabels(ImmutableMap.copyOf(getLabels()))
          .autoBuild();
    }
  }
}
