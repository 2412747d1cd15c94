package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.joining;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Lets lines pass when all names that were asked for are among those of the manifests' columns and
 * properties; fails with a {@link ManifestException} before the first one otherwise.
 */
final class CheckColumns<T> extends PTransform<PCollection<T>, PCollection<T>> {
  private static final int MAX_SHOWN = 30;

  private final Map<String, String> wanted;
  private final PCollectionView<Set<String>> found;

  /**
   * @param wanted by name, what asked for it
   * @param found as {@link #found} collects it
   */
  CheckColumns(Map<String, String> wanted, PCollectionView<Set<String>> found) {
    this.wanted = wanted;
    this.found = found;
  }

  /** All names that manifests have. */
  static PCollectionView<Set<String>> found(PCollection<String> names) {
    return names.apply("FoundColumns", Combine.globally(new UnionFn()).asSingletonView());
  }

  @Override
  public PCollection<T> expand(PCollection<T> lines) {
    return lines
        .apply("Check", ParDo.of(new CheckFn<T>(wanted, found)).withSideInputs(found))
        .setCoder(lines.getCoder());
  }

  static void check(Map<String, String> wanted, Set<String> found) {
    wanted.forEach(
        (name, asked) -> {
          if (!found.contains(name)) {
            String others =
                found.stream()
                    .filter(other -> !other.equals(ManifestRow.URI))
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

  private static class CheckFn<T> extends DoFn<T, T> {
    private static final long serialVersionUID = 1L;

    private final Map<String, String> wanted;
    private final PCollectionView<Set<String>> found;
    private transient boolean isChecked;

    CheckFn(Map<String, String> wanted, PCollectionView<Set<String>> found) {
      this.wanted = wanted;
      this.found = found;
    }

    @StartBundle
    public void forget() {
      isChecked = false;
    }

    @ProcessElement
    public void check(ProcessContext context) {
      if (!isChecked) {
        CheckColumns.check(wanted, new TreeSet<>(context.sideInput(found)));
        isChecked = true;
      }
      context.output(context.element());
    }
  }

  private static class UnionFn extends Combine.CombineFn<String, Set<String>, Set<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Set<String> createAccumulator() {
      return new TreeSet<>();
    }

    @Override
    public Set<String> addInput(Set<String> names, String name) {
      names.add(name);
      return names;
    }

    @Override
    public Set<String> mergeAccumulators(Iterable<Set<String>> accumulators) {
      Set<String> names = new TreeSet<>();
      accumulators.forEach(names::addAll);
      return names;
    }

    @Override
    public Set<String> extractOutput(Set<String> names) {
      return names;
    }
  }
}
