package com.nomadicml.beam.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * Makes rows of records that may nest, whatever format they come in. A record is a value as JSON
 * has it: a {@link Map} by text, a {@link List}, a text, a number, a truth value or null.
 *
 * <p>The URI field may be a path, as in {@code entries.url}: it leads through objects and lists,
 * and each element of a list is a row. A row has the properties of all objects on its way; those of
 * the inner one win.
 */
final class NestedRows {
  /** So many rows are looked through for a URI where no column can hold one. */
  static final int MAX_LOOKED_THROUGH = 100;

  private final RowRules rules;
  private final Set<String> viewNames;
  private final RowSink sink;

  /** Whether a row held a URI, or couldn't be read. */
  private boolean holdsUri;

  /** Where a URI stands that the URI field does not name, and on which line; null until seen. */
  @Nullable private String seenAt;

  private long seenOn;

  NestedRows(RowRules rules, RowSink sink) {
    this.rules = rules;
    this.viewNames = rules.viewNames();
    this.sink = sink;
  }

  /**
   * Gives the record's rows to the sink, or says why there are none.
   *
   * @param raw its text; null where the format has none
   */
  void read(@Nullable Object value, long line, @Nullable String raw) {
    read(value, rules.uriField().path(), Map.of(), line, raw);
  }

  /**
   * As {@link #read(Object, long, String)}, of a record that another one holds.
   *
   * @param path what is left of the URI field's path
   * @param around the texts of what holds the record, by name
   */
  void read(
      @Nullable Object value,
      List<String> path,
      Map<String, String> around,
      long line,
      @Nullable String raw) {
    if (!(value instanceof Map<?, ?>) && !(value instanceof CharSequence)) {
      sink.unreadable(
          line, raw == null ? String.valueOf(value) : raw, "neither a string nor an object");
      return;
    }
    boolean heldUri = holdsUri;
    holdsUri = false;
    walk(value, path, around(new Row(around, Map.of(), null)), line, raw);
    if (!holdsUri && seenAt == null) {
      List<String> whole = rules.uriField().path();
      sight(value, String.join(".", whole.subList(0, whole.size() - path.size())), line);
    }
    holdsUri |= heldUri;
  }

  /** Takes note of a text that the URI field does not name. */
  void sight(String text, String path, long line) {
    if (seenAt == null && UriField.isUri(text)) {
      seenAt = path;
      seenOn = line;
    }
  }

  /** The same exception, with where a URI stands in {@code rows}, if it stands in one. */
  ManifestException suggesting(ManifestException e, List<Object> rows) {
    for (int row = 0; row < rows.size(); row++) {
      sight(rows.get(row), "", row + 1L);
    }
    return seenAt == null
        ? e
        : new ManifestException(
            e.getMessage()
                + "; a URI was seen at %s, row %d: say --uriField=%s"
                    .formatted(seenAt, seenOn, seenAt),
            e);
  }

  /** Whether the URI is to be found within an object or a list. */
  boolean isLedToUri() {
    return rules.uriField().path().size() > 1;
  }

  /**
   * To be called at the end.
   *
   * @throws ManifestException when no row held a URI, and one was seen elsewhere
   */
  void requireUris(String path) {
    if (!holdsUri && seenAt != null) {
      throw new ManifestException(
          "%s: no line holds a URI under %s; a URI was seen at %s, line %d: say --uriField=%s"
              .formatted(path, rules.uriField(), seenAt, seenOn, seenAt));
    }
  }

  /** Names are compared without case, and without what nobody sees. */
  static String name(Object name) {
    return OddCharacters.strip(name.toString()).toLowerCase(Locale.ROOT);
  }

  /** What is known of a row so far. */
  private record Row(
      Map<String, String> fields, Map<String, Object> nested, @Nullable String error) {}

  /** What holds for all rows within; a set is made of its own row's views alone. */
  private Row around(Row row) {
    Map<String, String> fields = new LinkedHashMap<>(row.fields());
    fields.keySet().removeAll(viewNames);
    Map<String, Object> nested = new LinkedHashMap<>(row.nested());
    nested.keySet().removeAll(viewNames);
    return new Row(fields, nested, row.error());
  }

  private void walk(
      @Nullable Object value, List<String> path, Row row, long line, @Nullable String raw) {
    if (value instanceof Map<?, ?> object) {
      Row own = with(object, around(row));
      for (int names = path.size(); names > 0; names--) {
        String name = String.join(".", path.subList(0, names));
        Object child = child(object, name);
        if (child != null) {
          own.nested().remove(name);
          walk(child, path.subList(names, path.size()), own, line, raw);
          return;
        }
      }
      emit(own, null, line, raw);
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      list.forEach(element -> walk(element, path, row, line, raw));
    } else {
      // A record that is nothing but a text is a URI, whatever the field's name.
      boolean isUri = path.isEmpty() || path.equals(rules.uriField().path());
      emit(row, isUri && !(value instanceof List<?>) ? value : null, line, raw);
    }
  }

  @Nullable
  private static Object child(Map<?, ?> object, String name) {
    for (Map.Entry<?, ?> property : object.entrySet()) {
      if (name(property.getKey()).equals(name) && property.getValue() != null) {
        return property.getValue();
      }
    }
    return null;
  }

  private void emit(Row row, @Nullable Object uri, long line, @Nullable String raw) {
    if (row.error() != null) {
      holdsUri = true;
      sink.unreadable(
          line, raw == null ? JsonRow.text(row.fields(), row.nested()) : raw, row.error());
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>(row.fields());
    if (uri != null && !uri.toString().isBlank()) {
      fields.put(ManifestRow.URI, uri.toString());
    }
    holdsUri |=
        rules.uriField().of(fields) != null
            || rules.columns().hasSet(fields.keySet())
            || rules.columns().hasSet(row.nested().keySet());
    sink.row(new ManifestRow(line, raw, fields, row.nested()));
  }

  /** The row with the properties of one more object. */
  private static Row with(Map<?, ?> object, Row row) {
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, Object> nested = new LinkedHashMap<>();
    String error = row.error();
    for (Map.Entry<?, ?> property : object.entrySet()) {
      String name = name(property.getKey());
      Object value = property.getValue();
      if (name.isEmpty() || !isText(value)) {
        continue;
      }
      boolean isContainer = value instanceof Map<?, ?> || value instanceof List<?>;
      Object before =
          isContainer ? nested.putIfAbsent(name, value) : texts.putIfAbsent(name, value.toString());
      if (before != null) {
        error = "the property " + name + " stands twice";
      }
    }
    Map<String, String> fields = new LinkedHashMap<>(row.fields());
    fields.putAll(texts);
    Map<String, Object> allNested = new LinkedHashMap<>(row.nested());
    allNested.putAll(nested);
    return new Row(fields, allNested, error);
  }

  private static boolean isText(@Nullable Object value) {
    return value != null && !value.toString().isBlank();
  }

  private void sight(@Nullable Object value, String path, long line) {
    if (value instanceof Map<?, ?> object) {
      String prefix = path.isEmpty() ? "" : path + ".";
      object.forEach((name, child) -> sight(child, prefix + name(name), line));
    } else if (value instanceof List<?> list) {
      list.forEach(element -> sight(element, path, line));
    } else if (value != null && !path.isEmpty()) {
      sight(value.toString(), path, line);
    }
  }
}
