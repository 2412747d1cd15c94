package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.joining;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Takes the names of all columns and properties that manifests have. Fails with a {@link
 * ManifestException} when one that was asked for is not among them; its output is empty, and
 * complete when all are.
 */
final class CheckColumns extends PTransform<PCollection<String>, PCollection<Void>> {
  private static final int MAX_SHOWN = 30;

  private final Map<String, String> wanted;

  /**
   * @param wanted by name, what asked for it
   */
  CheckColumns(Map<String, String> wanted) {
    this.wanted = wanted;
  }

  @Override
  public PCollection<Void> expand(PCollection<String> names) {
    PCollectionView<List<String>> found =
        names.apply("Distinct", Distinct.create()).apply("All", View.asList());
    return names
        .getPipeline()
        .apply("Once", Create.of(""))
        .apply("Check", ParDo.of(new CheckFn(wanted, found)).withSideInputs(found));
  }

  static void check(Map<String, String> wanted, Set<String> found) {
    if (found.isEmpty()) {
      return;
    }
    wanted.forEach(
        (name, asked) -> {
          if (!found.contains(name)) {
            String others =
                found.stream()
                    .filter(other -> !other.equals(ManifestRow.URI))
                    .sorted()
                    .limit(MAX_SHOWN)
                    .collect(joining(", "));
            throw new ManifestException(
                asked
                    + ": no manifest has a column or property "
                    + name
                    + "; there "
                    + (others.isEmpty() ? "is none: their lines are URIs alone" : "are " + others));
          }
        });
  }

  private static class CheckFn extends DoFn<String, Void> {
    private static final long serialVersionUID = 1L;

    private final Map<String, String> wanted;
    private final PCollectionView<List<String>> found;

    CheckFn(Map<String, String> wanted, PCollectionView<List<String>> found) {
      this.wanted = wanted;
      this.found = found;
    }

    @ProcessElement
    public void check(ProcessContext context) {
      CheckColumns.check(wanted, new HashSet<>(context.sideInput(found)));
    }
  }
}
