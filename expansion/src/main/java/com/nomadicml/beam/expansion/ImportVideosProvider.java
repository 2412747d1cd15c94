package com.nomadicml.beam.expansion;

import com.google.auto.value.AutoValue;
import com.google.common.base.Joiner;
import com.nomadicml.beam.pipeline.ImportOptions;
import com.nomadicml.beam.pipeline.ImportVideos;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.annotation.Nullable;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.schemas.transforms.TypedSchemaTransformProvider;
import org.apache.beam.sdk.schemas.transforms.providers.ErrorHandling;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;

/** {@code beam:schematransform:com.nomadicml:import_videos:v1}: {@link ImportVideos} as rows. */
public final class ImportVideosProvider
    extends TypedSchemaTransformProvider<ImportVideosProvider.Configuration> {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  @Override
  public String identifier() {
    return "beam:schematransform:com.nomadicml:import_videos:v1";
  }

  @Override
  public String description() {
    return "Imports the videos that rows name into NomadicML. Yields a row for each item, which"
        + " says what became of it, and a row for each input row that is never sent.";
  }

  @Override
  public List<String> inputCollectionNames() {
    return List.of(INPUT);
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
        Errors.named(() -> ImportVideos.with(configuration.options())),
        Errors.output(configuration.getErrorHandling()));
  }

  private static final class Transform extends SchemaTransform {
    private final ImportVideos importVideos;
    private final String errors;

    Transform(ImportVideos importVideos, String errors) {
      this.importVideos = importVideos;
      this.errors = errors;
    }

    @Override
    public PCollectionRowTuple expand(PCollectionRowTuple input) {
      PCollectionTuple imported =
          Errors.named(() -> input.get(INPUT).apply("ImportVideos", importVideos));
      return PCollectionRowTuple.of(
              OUTPUT,
              imported
                  .get(ImportVideos.OUTCOMES)
                  .apply(
                      "OutcomeRows", MapElements.into(TypeDescriptors.rows()).via(OutcomeRows::of))
                  .setRowSchema(OutcomeRows.SCHEMA))
          .and(errors, Errors.rows(imported.get(ImportVideos.REJECTIONS)));
    }
  }

  /** What can be said of it: the options of an import, by their names in snake case. */
  @DefaultSchema(AutoValueSchema.class)
  @AutoValue
  public abstract static class Configuration {
    @SchemaFieldDescription(
        "Where the status tables are: jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE or"
            + " bigquery:PROJECT.DATASET.")
    public abstract String getStatusTable();

    @Nullable
    @SchemaFieldDescription(
        "Where the password of a PostgreSQL status table is found: env:NAME, file:PATH, a version"
            + " in Secret Manager or an ARN. Never the password itself.")
    public abstract String getStatusTableSecret();

    @Nullable
    @SchemaFieldDescription(
        "Base URL of the API: https, or plain http on the loopback interface. Default: the"
            + " vendor's.")
    public abstract String getApiUrl();

    @Nullable
    @SchemaFieldDescription(
        "Where the API key is: env:NAME, file:PATH, a version in Secret Manager or an ARN. Never"
            + " the key itself. Default: env:NOMADIC_API_KEY, as the workers have it.")
    public abstract String getApiKeySecret();

    @Nullable
    @SchemaFieldDescription("The folder to import into. A row's own folder wins.")
    public abstract String getFolder();

    @Nullable
    @SchemaFieldDescription(
        "The scope of the folder: user or org. A row's own scope wins. Default: user.")
    public abstract String getScope();

    @Nullable
    @SchemaFieldDescription("The saved integrations to use, by bucket.")
    public abstract Map<String, String> getIntegrations();

    @Nullable
    @SchemaFieldDescription("The collection to import into. Default: videos.")
    public abstract String getCollection();

    @Nullable
    @SchemaFieldDescription(
        "The field that holds the URI. Default: the first of uri, source_uri, source-ref, url, path"
            + " and video that is there.")
    public abstract String getUriField();

    @Nullable
    @SchemaFieldDescription(
        "Which fields mean what, - for none: uri=path,front=cam_f,folder=-. Default: by name.")
    public abstract String getColumns();

    @Nullable
    @SchemaFieldDescription("Fields that travel to the labels of an item.")
    public abstract List<String> getLabels();

    @Nullable
    @SchemaFieldDescription("How many items one import request has at most. Default: 1000.")
    public abstract Integer getBatchSize();

    @Nullable
    @SchemaFieldDescription("How many rows of a job to read per request, or auto. Default: 500.")
    public abstract String getPageSize();

    @Nullable
    @SchemaFieldDescription(
        "How many requests to send per minute at most; 0 means no limit. Default: 60.")
    public abstract Integer getRequestsPerMinute();

    @Nullable
    @SchemaFieldDescription(
        "How many requests to send per day (UTC) at most; 0 means no limit. Default: 10000.")
    public abstract Integer getRequestsPerDay();

    @Nullable
    @SchemaFieldDescription(
        "What to do when the requests of the day are spent: pause (the job ends, and the next one"
            + " goes on) or wait. Default: pause.")
    public abstract String getOnQuota();

    @Nullable
    @SchemaFieldDescription("How many requests may be in flight at once. Default: 4.")
    public abstract Integer getApiLanes();

    @Nullable
    @SchemaFieldDescription("How often to import a failed item in all, across runs. Default: 1.")
    public abstract Integer getMaxAttempts();

    @Nullable
    @SchemaFieldDescription(
        "How long to wait for a job after it was sent, as an ISO-8601 duration. Default: PT6H.")
    public abstract String getAwaitTimeout();

    @Nullable
    @SchemaFieldDescription(
        "How long to wait for an API or a status table that is away (ISO-8601). Default: PT2H.")
    public abstract String getPatience();

    @Nullable
    @SchemaFieldDescription(
        "What to do if nobody knows whether the API accepted a request: resend or hold. Default:"
            + " resend.")
    public abstract String getOnUnknownSubmit();

    @Nullable
    @SchemaFieldDescription(
        "Before a target of several batches is sent, send up to 20 of its items, and stop it if all"
            + " fail. Default: true.")
    public abstract Boolean getCanary();

    @Nullable
    @SchemaFieldDescription("Which output rejected rows go to. Default: errors.")
    public abstract ErrorHandling getErrorHandling();

    public static Builder builder() {
      return new AutoValue_ImportVideosProvider_Configuration.Builder();
    }

    ImportOptions options() {
      ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
      options.setStatusTable(getStatusTable());
      set(options::setStatusTableSecret, getStatusTableSecret());
      set(options::setApiUrl, getApiUrl());
      set(options::setApiKeySecret, getApiKeySecret());
      set(options::setFolder, getFolder());
      set(options::setScope, getScope());
      set(options::setIntegrations, getIntegrations() == null ? null : pairs(getIntegrations()));
      set(options::setCollection, getCollection());
      set(options::setUriField, getUriField());
      set(options::setColumns, getColumns());
      set(options::setLabel, getLabels() == null ? null : String.join(",", getLabels()));
      set(options::setBatchSize, getBatchSize());
      set(options::setPageSize, getPageSize());
      set(options::setRequestsPerMinute, getRequestsPerMinute());
      set(options::setRequestsPerDay, getRequestsPerDay());
      set(options::setOnQuota, getOnQuota());
      set(options::setApiLanes, getApiLanes());
      set(options::setMaxAttempts, getMaxAttempts());
      set(options::setAwaitTimeout, getAwaitTimeout());
      set(options::setPatience, getPatience());
      set(options::setOnUnknownSubmit, getOnUnknownSubmit());
      set(options::setCanary, getCanary());
      return options;
    }

    private static <T> void set(Consumer<T> option, @Nullable T value) {
      if (value != null) {
        option.accept(value);
      }
    }

    private static String pairs(Map<String, String> values) {
      return Joiner.on(',').withKeyValueSeparator('=').join(values);
    }

    /** Builder of {@link Configuration}. */
    @AutoValue.Builder
    public abstract static class Builder {
      public abstract Builder setStatusTable(String statusTable);

      public abstract Builder setStatusTableSecret(@Nullable String statusTableSecret);

      public abstract Builder setApiUrl(@Nullable String apiUrl);

      public abstract Builder setApiKeySecret(@Nullable String apiKeySecret);

      public abstract Builder setFolder(@Nullable String folder);

      public abstract Builder setScope(@Nullable String scope);

      public abstract Builder setIntegrations(@Nullable Map<String, String> integrations);

      public abstract Builder setCollection(@Nullable String collection);

      public abstract Builder setUriField(@Nullable String uriField);

      public abstract Builder setColumns(@Nullable String columns);

      public abstract Builder setLabels(@Nullable List<String> labels);

      public abstract Builder setBatchSize(@Nullable Integer batchSize);

      public abstract Builder setPageSize(@Nullable String pageSize);

      public abstract Builder setRequestsPerMinute(@Nullable Integer requestsPerMinute);

      public abstract Builder setRequestsPerDay(@Nullable Integer requestsPerDay);

      public abstract Builder setOnQuota(@Nullable String onQuota);

      public abstract Builder setApiLanes(@Nullable Integer apiLanes);

      public abstract Builder setMaxAttempts(@Nullable Integer maxAttempts);

      public abstract Builder setAwaitTimeout(@Nullable String awaitTimeout);

      public abstract Builder setPatience(@Nullable String patience);

      public abstract Builder setOnUnknownSubmit(@Nullable String onUnknownSubmit);

      public abstract Builder setCanary(@Nullable Boolean canary);

      public abstract Builder setErrorHandling(@Nullable ErrorHandling handling);

      public abstract Configuration build();
    }
  }
}
