package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VideoUri;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  EntryMapper(String manifest, RowRules rules) {
    this.manifest = manifest;
    this.rules = rules;
  }

  /**
   * The row's entry.
   *
   * @throws RejectedException when it can never be imported
   */
  ManifestEntry map(ManifestRow row) throws RejectedException {
    ManifestEntry.Builder entry = withoutUri(row);
    String uri = rules.uriField().of(row.fields());
    Map<String, String> views = views(row);
    if (views.isEmpty()) {
      if (uri == null) {
        throw new RejectedException(
            RejectionCode.NOT_A_URI, "the line holds no URI under " + rules.uriField());
      }
      return StorableEntry.checked(entry.setSourceUri(parse(uri).toString()).build());
    }
    Map<String, String> set = checked(views);
    String front = set.get(FRONT);
    if (uri != null && !parse(uri).toString().equals(front)) {
      throw new RejectedException(
          RejectionCode.UNREADABLE_LINE, "the line names a URI and another front view");
    }
    return StorableEntry.checked(entry.setSourceUri(front).setViews(set).build());
  }

  /**
   * The row's entry when it is a single video, its URI as it was written.
   *
   * @return null for anything else
   */
  @Nullable
  ManifestEntry mapUnread(ManifestRow row) throws RejectedException {
    String uri = rules.uriField().of(row.fields());
    return uri == null || !views(row).isEmpty()
        ? null
        : StorableEntry.checked(withoutUri(row).setSourceUri(OddCharacters.strip(uri)).build());
  }

  private ManifestEntry.Builder withoutUri(ManifestRow row) throws RejectedException {
    return ManifestEntry.builder()
        .setManifest(manifest)
        .setLine(row.line())
        .setFolder(stripped(row.fields().get("folder")))
        .setScope(scope(row.fields().get("scope")))
        .setIntegrationId(stripped(row.fields().get("integration_id")))
        .setLabels(labels(row.fields()))
        .setVersion(rules.versioned() ? ObjectVersion.of(row.fields()) : null);
  }

  private Map<String, String> labels(Map<String, String> fields) {
    Map<String, String> labels = new TreeMap<>();
    for (String name : rules.labels()) {
      if (fields.containsKey(name)) {
        labels.put(name, fields.get(name));
      }
    }
    return labels;
  }

  private static Map<String, String> views(ManifestRow row) throws RejectedException {
    Map<String, String> views = new LinkedHashMap<>();
    for (Map.Entry<String, String> view : row.views().entrySet()) {
      if (!VIEWS.contains(view.getKey())) {
        throw new RejectedException(
            RejectionCode.UNKNOWN_VIEW,
            "'" + view.getKey() + "' is none of the views " + String.join(", ", VIEWS));
      }
      views.put(view.getKey(), view.getValue());
    }
    for (String view : VIEWS) {
      String uri = row.fields().get(view);
      if (uri != null && views.putIfAbsent(view, uri) != null) {
        throw new RejectedException(
            RejectionCode.UNREADABLE_LINE, "the line names the view " + view + " twice");
      }
    }
    return views;
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

  @Nullable
  private String scope(@Nullable String value) throws RejectedException {
    if (value == null) {
      return null;
    }
    String scope = OddCharacters.strip(value).toLowerCase(Locale.ROOT);
    if (!scope.equals("user") && !scope.equals("org")) {
      throw new RejectedException(RejectionCode.BAD_SCOPE, "the scope must be user or org");
    }
    if (rules.orgOnly() && scope.equals("user")) {
      throw new RejectedException(
          RejectionCode.BAD_SCOPE,
          "the scope must be org: the tables' user/ destinations are another user's");
    }
    return scope;
  }

  @Nullable
  private static String stripped(@Nullable String value) {
    String text = value == null ? "" : OddCharacters.strip(value);
    return text.isEmpty() ? null : text;
  }
}
