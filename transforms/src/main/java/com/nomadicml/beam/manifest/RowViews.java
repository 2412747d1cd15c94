package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.RejectionCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/**
 * Finds the views of a row: in columns that are named as views are, and in an object of URIs. A
 * column that nobody asked for counts only where its row looks like a set: {@code left} may be the
 * edge of a box. A row that looks like one is taken whole, so that no set loses a view.
 */
final class RowViews {
  /** A URI that can be imported, or one that its owner means to be. */
  private static final Pattern LIKE_URI =
      Pattern.compile(
          "\\s*+(gs|s3[an]?|hf):.*|.*\\.mp4\\s*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** One of them within an object or a list. */
  private static final Pattern HOLDS_URI =
      Pattern.compile("(gs|s3[an]?|hf):|\\.mp4\\b", Pattern.CASE_INSENSITIVE);

  private final Columns columns;
  private final Map<String, String> columnOfView = new LinkedHashMap<>();

  RowViews(Columns columns) {
    this.columns = columns;
    for (String view : EntryMapper.VIEWS) {
      String column = columns.column(view);
      if (column != null) {
        columnOfView.put(view, column);
      }
    }
  }

  static boolean isLikeUri(String text) {
    return LIKE_URI.matcher(text).matches();
  }

  /**
   * URI by view; empty for a single video.
   *
   * @param hasUri whether the row names a video beside its views
   * @param ignored takes the meanings whose values are of another one
   * @throws RejectedException when a set can't be told in full
   */
  Map<String, String> of(ManifestRow row, boolean hasUri, List<String> ignored)
      throws RejectedException {
    Map<String, String> views = ofObject(row, ignored);
    Map<String, String> texts = new LinkedHashMap<>();
    boolean isSet = !views.isEmpty();
    for (Map.Entry<String, String> view : columnOfView.entrySet()) {
      String text = row.fields().get(view.getValue());
      Object nested = row.nested().get(view.getValue());
      if (text != null || nested != null) {
        texts.put(view.getKey(), text);
        isSet |=
            columns.isAsked(view.getKey())
                || (text == null ? holdsUri(JsonRow.text(nested)) : isLikeUri(text));
      }
    }
    if (!isSet && (hasUri || !texts.containsKey(EntryMapper.FRONT))) {
      ignored.addAll(texts.keySet());
      return Map.of();
    }
    for (Map.Entry<String, String> view : texts.entrySet()) {
      put(views, view.getKey(), view.getValue());
    }
    return views;
  }

  private Map<String, String> ofObject(ManifestRow row, List<String> ignored)
      throws RejectedException {
    Map<String, String> views = new LinkedHashMap<>();
    String column = columns.column(Columns.VIEWS);
    String text = column == null ? null : row.fields().get(column);
    Object nested = column == null ? null : row.nested().get(column);
    if ((text == null && nested == null) || isEmpty(nested)) {
      return views;
    }
    if (!columns.isAsked(Columns.VIEWS) && !holdsUri(text == null ? JsonRow.text(nested) : text)) {
      ignored.add(Columns.VIEWS);
      return views;
    }
    if (!(nested instanceof Map<?, ?> byName)) {
      throw new RejectedException(
          RejectionCode.UNREADABLE_LINE, column + " must be an object of URIs by view");
    }
    for (Map.Entry<?, ?> view : byName.entrySet()) {
      Object uri = view.getValue();
      if (uri != null && !uri.toString().isBlank()) {
        String name = NestedRows.name(view.getKey());
        if (!EntryMapper.VIEWS.contains(name)) {
          throw new RejectedException(
              RejectionCode.UNKNOWN_VIEW,
              "'" + name + "' is none of the views " + String.join(", ", EntryMapper.VIEWS));
        }
        put(views, name, uri instanceof Map || uri instanceof List ? null : uri.toString());
      }
    }
    return views;
  }

  private static void put(Map<String, String> views, String view, @Nullable String uri)
      throws RejectedException {
    if (uri == null) {
      throw new RejectedException(
          RejectionCode.UNREADABLE_LINE, "the view " + view + " is no text");
    }
    if (views.putIfAbsent(view, uri) != null) {
      throw new RejectedException(
          RejectionCode.UNREADABLE_LINE, "the line names the view " + view + " twice");
    }
  }

  private static boolean isEmpty(@Nullable Object nested) {
    return (nested instanceof Map<?, ?> map && map.isEmpty())
        || (nested instanceof List<?> list && list.isEmpty());
  }

  private static boolean holdsUri(String text) {
    return HOLDS_URI.matcher(text).find();
  }
}
