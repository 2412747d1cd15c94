package com.nomadicml.beam.expansion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ServiceLoader;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.transforms.SchemaTransformProvider;
import org.apache.beam.sdk.schemas.transforms.providers.ErrorHandling;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the transforms are found, built and refused; the pipelines in Python and YAML run them. */
class ProvidersTest {
  private static final Schema URIS = Schema.builder().addStringField("uri").build();

  @TempDir private Path directory;

  @Test
  void bothAreFoundByTheirIdentifiers() {
    assertThat(ServiceLoader.load(SchemaTransformProvider.class).stream())
        .filteredOn(provider -> provider.type().getName().startsWith("com.nomadicml"))
        .map(provider -> provider.get().identifier())
        .containsExactlyInAnyOrder(
            "beam:schematransform:com.nomadicml:import_videos:v1",
            "beam:schematransform:com.nomadicml:read_manifests:v1");
  }

  @Test
  void rejectedRowsGoToTheOutputThatTheUserNames() {
    assertThat(imported(configuration().build(), URIS).getAll())
        .containsOnlyKeys("output", "errors");
    ErrorHandling rejected = ErrorHandling.builder().setOutput("rejected").build();
    assertThat(imported(configuration().setErrorHandling(rejected).build(), URIS).getAll())
        .containsOnlyKeys("output", "rejected");
  }

  @Test
  void whatIsWrongIsNamedAsInTheConfiguration() {
    assertThatThrownBy(() -> imported(configuration().setBatchSize(0).build(), URIS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch_size must be from 1 to 100000, not 0");
    Schema names = Schema.builder().addStringField("name").build();
    assertThatThrownBy(() -> imported(configuration().build(), names))
        .hasMessageContaining("the input rows: no column holds the URI")
        .hasMessageEndingWith("name one with uri_field");
  }

  private ImportVideosProvider.Configuration.Builder configuration() {
    return ImportVideosProvider.Configuration.builder()
        .setStatusTable("jdbc:sqlite:" + directory.resolve("status.db"));
  }

  /** The outputs of a pipeline that is built and not run. */
  private static PCollectionRowTuple imported(
      ImportVideosProvider.Configuration configuration, Schema schema) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    return PCollectionRowTuple.of("input", Pipeline.create(options).apply(Create.empty(schema)))
        .apply(new ImportVideosProvider().from(configuration));
  }
}
