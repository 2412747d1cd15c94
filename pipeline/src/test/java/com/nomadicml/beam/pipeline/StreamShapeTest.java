package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that goes on from what an earlier job remembers finds it by its transforms' names. */
class StreamShapeTest {
  @TempDir private Path directory;

  @Test
  void aStreamIsTheSameWhateverEarlierOnesLeft() {
    try (ImportHarness harness = ImportHarness.start(directory, new EmulatorOptions())) {
      Set<String> first = transforms(harness, List.of());

      assertThat(first).contains("Stream/CutBatches/Cut");
      assertThat(transforms(harness, List.of("user/"))).isEqualTo(first);
      assertThat(transforms(harness, List.of("user/", "org/fleet"))).isEqualTo(first);
    }
  }

  private static Set<String> transforms(ImportHarness harness, List<String> destinations) {
    ImportOptions options = harness.options("--streaming", "--manifest=/fleet/manifests/*.csv");
    ImportSettings settings = ImportSettings.of(options, "run-1");
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(
        "Stream",
        new StreamPipeline(
            settings, DataflowJob.unlimited(settings), Clock.systemUTC(), destinations));
    Set<String> names = new TreeSet<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(Node node) {
            names.add(node.getFullName());
          }
        });
    return names;
  }
}
