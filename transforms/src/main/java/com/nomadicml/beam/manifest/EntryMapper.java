package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VideoUri;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.annotation.Nullable;

/** Makes an entry of a row, whatever format it came in; the rules are the same for all. */
final class EntryMapper {
  static final String FRONT = "front";

  /** The views that the API knows (contract, section 4.4). */
  static final List<String> VIEWS =
      List.of(
          FRONT,
          "rear",
          "back",
          "left",
          "right",
          "top",
          "bottom",
          "overhead_1",
          "overhead_2",
          "overhead_3",
          "overhead_4",
          "overhead_5",
          "overhead_6",
          "vehicle_view");

  private final String manifest;
  private final RowRules rules;
  private final Columns columns;
  private final RowViews views;
  private final LineCounts counts;
  private final Set<String> labelsSeen = new HashSet<>();

  EntryMapper(String manifest, RowRules rules) {
    this(manifest, rules, LineCounts.of(rules, manifest));
  }

  EntryMapper(String manifest, RowRules rules, LineCounts counts) {
    this.manifest = manifest;
    this.rules = rules;
    this.columns = rules.columns();
    this.views = new RowViews(columns);
    this.counts = counts;
  }

  /**
   * The row's entry.
   *
   * @throws RejectedException when it can never be imported
   */
  ManifestEntry map(ManifestRow row) throws RejectedException {
    List<String> ignored = new ArrayList<>(0);
    ManifestEntry.Builder entry = withoutUri(row, ignored);
    String uri = rules.uriField().of(row.fields());
    Map<String, String> set = views.of(row, uri != null, ignored);
    if (set.isEmpty()) {
      if (uri == null) {
        throw new RejectedException(
            RejectionCode.NOT_A_URI, "the line holds no URI under " + rules.uriField());
      }
      entry.setSourceUri(parse(uri).toString());
    } else {
      Map<String, String> checked = checked(set);
      String front = checked.get(FRONT);
      if (uri != null && rules.uriField().name() == null && !RowViews.isLikeUri(uri)) {
        ignored.add(Columns.URI);
      } else if (uri != null && !parse(uri).toString().equals(front)) {
        throw new RejectedException(
            RejectionCode.UNREADABLE_LINE, "the line names a URI and another front view");
      }
      entry.setSourceUri(front).setViews(checked);
    }
    return counted(entry.build(), ignored);
  }

  /**
   * The row's entry when it is a single video, its URI as it was written.
   *
   * @return null for anything else
   */
  @Nullable
  ManifestEntry mapUnread(ManifestRow row) throws RejectedException {
    List<String> ignored = new ArrayList<>(0);
    String uri = rules.uriField().of(row.fields());
    return uri == null || !views.of(row, true, ignored).isEmpty()
        ? null
        : counted(withoutUri(row, ignored).setSourceUri(OddCharacters.strip(uri)).build(), ignored);
  }

  /** Checks the entry, and counts what the end of a run has to tell of it. */
  private ManifestEntry counted(ManifestEntry entry, List<String> ignored)
      throws RejectedException {
    StorableEntry.checked(entry);
    ignored.forEach(counts::ignored);
    entry.getLabels().keySet().stream().filter(labelsSeen::add).forEach(counts::labelled);
    return entry;
  }

  private ManifestEntry.Builder withoutUri(ManifestRow row, List<String> ignored)
      throws RejectedException {
    return ManifestEntry.builder()
        .setManifest(manifest)
        .setLine(row.line())
        .setFolder(stripped(text(Columns.FOLDER, row, ignored)))
        .setScope(scope(text(Columns.SCOPE, row, ignored), ignored))
        .setIntegrationId(stripped(text(Columns.INTEGRATION, row, ignored)))
        .setLabels(labels(row))
        .setVersion(rules.versioned() ? ObjectVersion.of(row.fields()) : null);
  }

  private Map<String, String> labels(ManifestRow row) {
    Map<String, String> labels = new TreeMap<>();
    for (String name : rules.labels()) {
      String text = row.fields().get(name);
      Object nested = text == null ? row.nested().get(name) : null;
      if (text != null || nested != null) {
        labels.put(name, text == null ? JsonRow.text(nested) : text);
      }
    }
    return labels;
  }

  /** The text of a meaning; an object or a list is of another one. */
  @Nullable
  private String text(String meaning, ManifestRow row, List<String> ignored)
      throws RejectedException {
    String column = columns.column(meaning);
    if (column != null && row.nested().containsKey(column)) {
      if (columns.isAsked(meaning)) {
        throw new RejectedException(
            RejectionCode.UNREADABLE_LINE, column + " is no text, as " + meaning + " has to be");
      }
      ignored.add(meaning);
    }
    return column == null ? null : row.fields().get(column);
  }

  private static Map<String, String> checked(Map<String, String> views) throws RejectedException {
    if (!views.containsKey(FRONT)) {
      throw new RejectedException(RejectionCode.NO_FRONT, "a multi-view set needs a front view");
    }
    VideoUri front = parse(views.get(FRONT));
    if (front.provider() == Provider.HF) {
      throw new RejectedException(
          RejectionCode.HF_MULTI_VIEW, "multi-view sets can't be imported from Hugging Face");
    }
    Map<String, String> set = new TreeMap<>();
    for (Map.Entry<String, String> view : views.entrySet()) {
      VideoUri uri = parse(view.getValue());
      if (uri.provider() != front.provider()) {
        throw new RejectedException(
            RejectionCode.MIXED_PROVIDERS, "the views of a set must lie with one provider");
      }
      if (!uri.bucket().equals(front.bucket())) {
        throw new RejectedException(
            RejectionCode.MIXED_BUCKETS, "the views of a set must lie in one bucket");
      }
      set.put(view.getKey(), uri.toString());
    }
    return set;
  }

  /** White space around a URI is a slip of the manifest: a key ends in {@code .mp4}. */
  private static VideoUri parse(String text) throws RejectedException {
    String fault = StorableEntry.fault(text);
    if (fault != null) {
      throw new RejectedException(RejectionCode.NOT_A_URI, "the URI holds " + fault);
    }
    try {
      return VideoUri.parse(OddCharacters.strip(text));
    } catch (RejectedException e) {
      throw new RejectedException(e.code(), e.getMessage() + OddCharacters.quotesIn(text));
    }
  }

  /** What is nearly a scope is a slip that would import into another one. */
  @Nullable
  private String scope(@Nullable String value, List<String> ignored) throws RejectedException {
    if (value == null) {
      return null;
    }
    String scope = OddCharacters.strip(value).toLowerCase(Locale.ROOT);
    if (rules.orgOnly() && scope.equals("user")) {
      throw new RejectedException(
          RejectionCode.BAD_SCOPE,
          "the scope must be org: the tables' user/ destinations are another user's");
    }
    if (scope.equals("user") || scope.equals("org")) {
      return scope;
    }
    if (columns.isAsked(Columns.SCOPE) || scope.startsWith("user") || scope.startsWith("org")) {
      throw new RejectedException(RejectionCode.BAD_SCOPE, "the scope must be user or org");
    }
    ignored.add(Columns.SCOPE);
    return null;
  }

  @Nullable
  private static String stripped(@Nullable String value) {
    String text = value == null ? "" : OddCharacters.strip(value);
    return text.isEmpty() ? null : text;
  }
}
