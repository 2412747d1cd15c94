package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.services.dataflow.model.DataflowPackage;
import com.google.common.collect.ObjectArrays;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.runners.dataflow.util.PackageUtil.StagedFile;
import org.apache.beam.runners.dataflow.util.Stager;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.StringUtils;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.xerial.snappy.SnappyInputStream;

/**
 * A job as the Dataflow runner would send it to Google, read from a template file.
 *
 * @param graph what Runner v2 executes; the steps in {@code json} are those of the runner before
 */
record DataflowJob(JsonNode json, RunnerApi.Pipeline graph) {
  private static final String COMPRESSED = "%82SNAPPY";

  /** By this name the runner stages the graph. */
  private static final String GRAPH = "pipeline.pb";

  static DataflowJob read(Path template) throws IOException {
    return new DataflowJob(
        new ObjectMapper().readTree(Files.readString(template)),
        RunnerApi.Pipeline.parseFrom(Files.readAllBytes(template.resolveSibling(GRAPH))));
  }

  /** The arguments of any job that is written to a file, with some more. */
  static String[] arguments(Path template, String... more) {
    return ObjectArrays.concat(
        new String[] {
          "--runner=DataflowRunner",
          "--project=fleet-project",
          "--region=us-east1",
          "--tempLocation=gs://fleet-temp/nomadic",
          "--gcpTempLocation=gs://fleet-temp/nomadic",
          "--stagingLocation=gs://fleet-temp/staging",
          "--templateLocation=" + template
        },
        more,
        String.class);
  }

  /** Translates what the options ask for into their {@code --templateLocation}, offline. */
  static DataflowJob translate(ImportOptions options) throws IOException {
    stayOffline(options);
    ImportSettings settings = ImportSettings.of(options, "run-1");
    HttpApiFactory api = unlimited(settings);
    Pipeline pipeline = Pipeline.create(options);
    if (settings.isStreaming()) {
      pipeline.apply(
          "Stream", new StreamPipeline(settings, api, Clock.systemUTC(), List.of("user/")));
    } else {
      pipeline.apply("Import", new ImportPipeline(settings, api, Clock.systemUTC()));
    }
    pipeline.run();
    return read(Path.of(options.as(DataflowPipelineOptions.class).getTemplateLocation()));
  }

  /** What a described job calls the API with. */
  static HttpApiFactory unlimited(ImportSettings settings) {
    return new HttpApiFactory(
        settings.runId(),
        settings.apiUrl(),
        settings.apiKey(),
        settings.collection(),
        RequestQuota.unlimited(),
        settings.store()::requestsOn,
        Clock.systemUTC(),
        Sleeper.real());
  }

  /** Lets the Dataflow runner translate a pipeline without an account or a network. */
  private static void stayOffline(PipelineOptions options) {
    DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
    dataflow.setPathValidatorClass(NoopPathValidator.class);
    dataflow.setCredentialFactoryClass(NoopCredentialFactory.class);
    dataflow.setStagerClass(NothingStaged.class);
    dataflow.setFilesToStage(List.of());
  }

  JsonNode environment() {
    return json.path("environment");
  }

  JsonNode workerPool() {
    return environment().path("workerPools").path(0);
  }

  /** Steps by the name that Dataflow's console shows. */
  Map<String, JsonNode> steps() {
    Map<String, JsonNode> steps = new LinkedHashMap<>();
    for (JsonNode step : json.path("steps")) {
      steps.put(text(step.path("properties").path("user_name")), step);
    }
    return steps;
  }

  /** A property of a step, as a text; empty for none. */
  static String property(JsonNode step, String name) {
    return text(step.path("properties").path(name));
  }

  /** All that the job holds, what is serialized and compressed in it unpacked. */
  String unpacked() throws IOException {
    List<String> parts = new ArrayList<>(List.of(json.toString()));
    for (JsonNode step : json.path("steps")) {
      for (JsonNode property : step.path("properties")) {
        String text = text(property);
        if (text.startsWith(COMPRESSED)) {
          byte[] packed = StringUtils.jsonStringToByteArray(text);
          try (InputStream in = new SnappyInputStream(new ByteArrayInputStream(packed))) {
            parts.add(new String(in.readAllBytes(), ISO_8859_1));
          }
        }
      }
    }
    return parts.stream().collect(Collectors.joining("\n"));
  }

  /** The functions of the graph by their transform's name. */
  Map<String, RunnerApi.ParDoPayload> functions() throws IOException {
    Map<String, RunnerApi.ParDoPayload> functions = new TreeMap<>();
    for (RunnerApi.PTransform transform : graph.getComponents().getTransformsMap().values()) {
      if (transform.getSpec().getUrn().equals(PTransformTranslation.PAR_DO_TRANSFORM_URN)) {
        functions.put(
            transform.getUniqueName(),
            RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload()));
      }
    }
    return functions;
  }

  /** All that the graph holds, what is serialized and compressed in it unpacked. */
  String unpackedGraph() throws IOException {
    List<String> parts = new ArrayList<>(List.of(new String(graph.toByteArray(), ISO_8859_1)));
    for (RunnerApi.ParDoPayload function : functions().values()) {
      try (InputStream in = new SnappyInputStream(function.getDoFn().getPayload().newInput())) {
        parts.add(new String(in.readAllBytes(), ISO_8859_1));
      }
    }
    return String.join("\n", parts);
  }

  private static String text(JsonNode value) {
    return value.isObject() ? value.path("value").asText() : value.asText();
  }

  /** Dataflow would be given the job's jars and its graph; they never leave the machine. */
  static final class NothingStaged implements Stager {
    private final Path directory;

    private NothingStaged(Path directory) {
      this.directory = directory;
    }

    public static NothingStaged fromOptions(PipelineOptions options) {
      String template = options.as(DataflowPipelineOptions.class).getTemplateLocation();
      return new NothingStaged(Path.of(template).toAbsolutePath().getParent());
    }

    @Override
    public List<DataflowPackage> stageFiles(List<StagedFile> files) {
      return List.of();
    }

    @Override
    public DataflowPackage stageToFile(byte[] bytes, String baseName) {
      try {
        Files.write(directory.resolve(baseName), bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new DataflowPackage().setName(baseName).setLocation("gs://staged/" + baseName);
    }
  }
}
