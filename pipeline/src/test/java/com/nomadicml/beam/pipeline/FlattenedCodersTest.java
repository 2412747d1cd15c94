package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flink unites no collections whose elements are encoded in two ways. */
class FlattenedCodersTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {"jdbc:sqlite:status.db", "jdbc:postgresql://h/db", "bigquery:project.dataset"})
  void whatIsFlattenedHasOneCoder(String statusTable) {
    try (ImportHarness harness = ImportHarness.start(directory, new EmulatorOptions())) {
      ImportOptions options = harness.options("--manifest=fleet.txt");
      options.setStatusTable(statusTable);
      Pipeline pipeline = Pipeline.create(options);
      ImportSettings settings = ImportSettings.of(options, "run-1");
      pipeline.apply(
          "Import",
          new ImportPipeline(settings, DataflowJob.unlimited(settings), Clock.systemUTC()));

      List<String> mixed = new ArrayList<>();
      Set<String> flattens = new HashSet<>();
      pipeline.traverseTopologically(
          new Pipeline.PipelineVisitor.Defaults() {
            @Override
            public void visitPrimitiveTransform(Node node) {
              if (node.getTransform() instanceof Flatten.PCollections<?>) {
                flattens.add(node.getFullName());
                Set<Coder<?>> coders = new HashSet<>();
                for (PValue input : node.getInputs().values()) {
                  coders.add(((PCollection<?>) input).getCoder());
                }
                if (coders.size() > 1) {
                  mixed.add(node.getFullName() + ": " + coders);
                }
              }
            }
          });

      assertThat(flattens).contains("Import/Outcomes");
      assertThat(mixed).isEmpty();
    }
  }
}
