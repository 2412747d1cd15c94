package com.nomadicml.beam.expansion;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.manifest.Columns;
import com.nomadicml.beam.manifest.EntryRows;
import com.nomadicml.beam.manifest.ManifestFormat;
import com.nomadicml.beam.manifest.ReadManifests;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.schemas.transforms.TypedSchemaTransformProvider;
import org.apache.beam.sdk.schemas.transforms.providers.ErrorHandling;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.TypeDescriptors;

/** {@code beam:schematransform:com.nomadicml:read_manifests:v1}: {@link ReadManifests} as rows. */
public final class ReadManifestsProvider
    extends TypedSchemaTransformProvider<ReadManifestsProvider.Configuration> {
  static final String OUTPUT = "output";

  @Override
  public String identifier() {
    return "beam:schematransform:com.nomadicml:read_manifests:v1";
  }

  @Override
  public String description() {
    return "Reads manifests of video URIs (CSV, JSON, Parquet, Avro, text, inventories). Yields a"
        + " row for each good line, which ImportVideos takes, and a row for each bad one.";
  }

  @Override
  public List<String> outputCollectionNames() {
    return List.of(OUTPUT, Errors.output(null));
  }

  @Override
  protected Class<Configuration> configurationClass() {
    return Configuration.class;
  }

  @Override
  protected SchemaTransform from(Configuration configuration) {
    return new Transform(
        Errors.named(configuration::read), Errors.output(configuration.getErrorHandling()));
  }

  private static final class Transform extends SchemaTransform {
    private final ReadManifests read;
    private final String errors;

    Transform(ReadManifests read, String errors) {
      this.read = read;
      this.errors = errors;
    }

    @Override
    public PCollectionRowTuple expand(PCollectionRowTuple input) {
      WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines =
          input.getPipeline().apply("ReadManifests", read);
      return PCollectionRowTuple.of(
              OUTPUT,
              lines
                  .output()
                  .apply("EntryRows", MapElements.into(TypeDescriptors.rows()).via(EntryRows::of))
                  .setRowSchema(EntryRows.ENTRY))
          .and(errors, Errors.rows(lines.failures()));
    }
  }

  /** What can be said of it. */
  @DefaultSchema(AutoValueSchema.class)
  @AutoValue
  public abstract static class Configuration {
    @SchemaFieldDescription(
        "The manifests: comma-separated paths or globs (local, gs:// or s3://), or tables"
            + " (bigquery:PROJECT.DATASET.TABLE).")
    public abstract String getManifest();

    @Nullable
    @SchemaFieldDescription(
        "The format: auto (the file name decides), txt, csv, tsv, jsonl, json, parquet, avro,"
            + " s3-inventory, s3-batch-csv or gcs-inventory. Default: auto.")
    public abstract String getManifestFormat();

    @Nullable
    @SchemaFieldDescription(
        "The column or property that holds the URI. Default: the first of uri, source_uri,"
            + " source-ref, url, path and video that is there.")
    public abstract String getUriField();

    @Nullable
    @SchemaFieldDescription(
        "Which columns mean what, - for none: uri=path,front=cam_f,folder=-. Default: by name.")
    public abstract String getColumns();

    @Nullable
    @SchemaFieldDescription("Columns or properties that travel to the labels of an item.")
    public abstract List<String> getLabels();

    @Nullable
    @SchemaFieldDescription(
        "List each gs:// or s3:// line with a wildcard into its .mp4 objects. Default: false.")
    public abstract Boolean getExpand();

    @Nullable
    @SchemaFieldDescription("Which output the bad lines go to. Default: errors.")
    public abstract ErrorHandling getErrorHandling();

    public static Builder builder() {
      return new AutoValue_ReadManifestsProvider_Configuration.Builder();
    }

    ReadManifests read() {
      ReadManifests read =
          ReadManifests.from(getManifest())
              .withUriField(getUriField())
              .withColumns(Columns.parse(getColumns()))
              .withExpand(Boolean.TRUE.equals(getExpand()));
      if (getManifestFormat() != null) {
        read = read.withFormat(ManifestFormat.parse(getManifestFormat()));
      }
      return getLabels() == null ? read : read.withLabels(getLabels());
    }

    /** Builder of {@link Configuration}. */
    @AutoValue.Builder
    public abstract static class Builder {
      public abstract Builder setManifest(String manifest);

      public abstract Builder setManifestFormat(@Nullable String format);

      public abstract Builder setUriField(@Nullable String field);

      public abstract Builder setColumns(@Nullable String columns);

      public abstract Builder setLabels(@Nullable List<String> labels);

      public abstract Builder setExpand(@Nullable Boolean expand);

      public abstract Builder setErrorHandling(@Nullable ErrorHandling handling);

      public abstract Configuration build();
    }
  }
}
