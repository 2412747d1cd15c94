package com.nomadicml.beam.pipeline;

import static java.util.stream.Collectors.joining;

import com.nomadicml.beam.manifest.Columns;
import com.nomadicml.beam.manifest.ManifestMetrics;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the end of a run has to tell of its manifests beside the sum. */
final class ManifestNotes {
  private ManifestNotes() {}

  static void print(PrintStream out, Counters counters, ManifestSettings manifests) {
    of(counters, manifests).forEach(out::println);
  }

  /** One line each. */
  static List<String> of(Counters counters, ManifestSettings manifests) {
    List<String> notes = new ArrayList<>();
    if (counters.get(ManifestMetrics.LINES_READ) == 0) {
      return notes;
    }
    List<String> ignored =
        Columns.meanings().stream()
            .filter(meaning -> counters.get(ManifestMetrics.ignored(meaning)) > 0)
            .toList();
    if (!ignored.isEmpty()) {
      notes.add(
          "Ignored values that can't be what their columns mean here: "
              + ignored.stream()
                  .map(
                      meaning ->
                          String.format(
                              Locale.ROOT,
                              "%,d of %s",
                              counters.get(ManifestMetrics.ignored(meaning)),
                              meaning))
                  .collect(joining(", "))
              + "; if that is right, say so by --columns="
              + ignored.stream()
                  .filter(meaning -> !meaning.equals("uri"))
                  .map(meaning -> meaning + "=-")
                  .collect(joining(",")));
    }
    if (counters.get(ManifestMetrics.VERSIONS_DROPPED) > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d lines name a version of their object: the API takes none, so it gets the current"
                  + " objects",
              counters.get(ManifestMetrics.VERSIONS_DROPPED)));
    }
    for (String label : manifests.labels()) {
      if (counters.get(ManifestMetrics.labelled(label.toLowerCase(Locale.ROOT))) == 0) {
        notes.add("--label=" + label + " matched nothing: no line has a value for it");
      }
    }
    if (manifests.include() != null && counters.get(ManifestMetrics.INCLUDED) == 0) {
      notes.add("--include=" + manifests.include() + " matched nothing");
    }
    if (manifests.exclude() != null && counters.get(ManifestMetrics.EXCLUDED) == 0) {
      notes.add("--exclude=" + manifests.exclude() + " matched nothing");
    }
    return notes;
  }
}
