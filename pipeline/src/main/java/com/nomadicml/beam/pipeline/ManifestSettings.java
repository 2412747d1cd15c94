package com.nomadicml.beam.pipeline;

import com.google.common.base.Splitter;
import com.nomadicml.beam.manifest.Columns;
import com.nomadicml.beam.manifest.ReadManifests;
import com.nomadicml.beam.manifest.ReadMessages;
import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.annotation.Nullable;

/**
 * What is taken of the manifests, checked and typed.
 *
 * @param orgOnly whether the run may import into destinations of the organisation only
 */
public record ManifestSettings(
    @Nullable String query,
    @Nullable Pattern include,
    @Nullable Pattern exclude,
    @Nullable String since,
    int limit,
    Columns columns,
    List<String> labels,
    boolean expand,
    boolean orgOnly)
    implements Serializable {

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with one line for the user when a value can't be used
   */
  static ManifestSettings of(ImportOptions options) {
    if (options.getLimit() < 0) {
      throw new IllegalArgumentException("--limit must be at least 0, not " + options.getLimit());
    }
    if (options.getManifest() != null && options.getManifestQuery() != null) {
      throw new IllegalArgumentException(
          "--manifest and --manifestQuery are two ways to say what to import: use only one");
    }
    Columns columns = Columns.parse(options.getColumns());
    String uri = columns.byMeaning().get("uri");
    if (uri != null
        && options.getUriField() != null
        && !uri.equalsIgnoreCase(options.getUriField().strip())) {
      throw new IllegalArgumentException(
          "--uriField="
              + options.getUriField()
              + " and --columns=uri="
              + uri
              + " are two ways to say where the URI is: leave one away");
    }
    String label = options.getLabel() == null ? "" : options.getLabel();
    return new ManifestSettings(
        options.getManifestQuery(),
        pattern("--include", options.getInclude()),
        pattern("--exclude", options.getExclude()),
        options.getSince(),
        options.getLimit(),
        columns,
        Splitter.on(',').trimResults().omitEmptyStrings().splitToList(label),
        options.getExpand(),
        false);
  }

  /** The same for destinations of the organisation only. */
  ManifestSettings ofOrganisation() {
    return new ManifestSettings(
        query, include, exclude, since, limit, columns, labels, expand, true);
  }

  /**
   * Reads the query, or {@code paths} when there is none.
   *
   * @throws IllegalArgumentException when they can't be manifests
   */
  ReadManifests read(String paths) {
    ReadManifests read = query == null ? ReadManifests.from(paths) : ReadManifests.fromQuery(query);
    return read.withFilter(include, exclude)
        .withSince(since)
        .withLimit(limit)
        .withColumns(columns)
        .withLabels(labels)
        .withExpand(expand)
        .withOrgOnly(orgOnly);
  }

  /**
   * Reads messages.
   *
   * @throws IllegalArgumentException when it is no source of messages
   */
  ReadMessages readMessages(String source) {
    return ReadMessages.from(source)
        .withFilter(include, exclude)
        .withColumns(columns)
        .withLabels(labels)
        .withOrgOnly(orgOnly);
  }

  @Nullable
  private static Pattern pattern(String option, @Nullable String value) {
    try {
      return value == null ? null : Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          option + " is no regular expression: " + value + " (" + e.getDescription() + ")", e);
    }
  }
}
