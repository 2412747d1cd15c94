package com.nomadicml.beam.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private final RowRules rules;
  private final RowSink sink;

  /** Whether a row held a URI, or couldn't be read. */
  private boolean holdsUri;

  /** Where a URI stands that the URI field does not name, and on which line; null until seen. */
  @Nullable private String seenAt;

  private long seenOn;

  NestedRows(RowRules rules, RowSink sink) {
    this.rules = rules;
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
    walk(value, path, new Row(around, Map.of(), null).around(), line, raw);
    if (!holdsUri && seenAt == null) {
      sight(value, "", line);
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
      Map<String, String> fields, Map<String, String> views, @Nullable String error) {
    Row around() {
      Map<String, String> outer = new LinkedHashMap<>(fields);
      outer.keySet().removeAll(EntryMapper.VIEWS);
      return new Row(outer, views, error);
    }
  }

  private void walk(
      @Nullable Object value, List<String> path, Row row, long line, @Nullable String raw) {
    if (value instanceof Map<?, ?> object) {
      Row own = with(object, row.around());
      for (int names = path.size(); names > 0; names--) {
        Object child = child(object, String.join(".", path.subList(0, names)));
        if (child != null) {
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
          line, raw == null ? JsonRow.text(row.fields(), row.views()) : raw, row.error());
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>(row.fields());
    if (uri != null && !uri.toString().isBlank()) {
      fields.put(ManifestRow.URI, uri.toString());
    }
    holdsUri |=
        rules.uriField().of(fields) != null
            || fields.containsKey(EntryMapper.FRONT)
            || !row.views().isEmpty();
    sink.row(new ManifestRow(line, raw, fields, row.views()));
  }

  /** The row with the properties of one more object. */
  private Row with(Map<?, ?> object, Row row) {
    Map<String, String> own = new LinkedHashMap<>();
    String error = texts(object, own);
    Map<String, String> views = new LinkedHashMap<>();
    for (Map.Entry<?, ?> property : object.entrySet()) {
      if (!name(property.getKey()).equals("views") || property.getValue() == null) {
        continue;
      }
      if (property.getValue() instanceof Map<?, ?> byName) {
        error = error == null ? viewTexts(byName, views) : error;
      } else {
        error = "views must be an object of URIs by view";
      }
    }
    Map<String, String> fields = new LinkedHashMap<>(row.fields());
    fields.putAll(own);
    return new Row(
        fields, views.isEmpty() ? row.views() : views, error == null ? row.error() : error);
  }

  /** Puts the object's texts into {@code texts}; says what would be lost, or null. */
  @Nullable
  private String texts(Map<?, ?> object, Map<String, String> texts) {
    for (Map.Entry<?, ?> property : object.entrySet()) {
      String name = name(property.getKey());
      Object value = property.getValue();
      boolean isContainer = value instanceof Map<?, ?> || value instanceof List<?>;
      if (isContainer && EntryMapper.VIEWS.contains(name)) {
        return "the view " + name + " is no text";
      }
      if (isContainer && rules.labels().contains(name)) {
        value = JsonRow.text(value);
      } else if (isContainer) {
        continue;
      }
      if (!name.isEmpty() && isText(value) && texts.putIfAbsent(name, value.toString()) != null) {
        return "the property " + name + " stands twice";
      }
    }
    return null;
  }

  @Nullable
  private static String viewTexts(Map<?, ?> views, Map<String, String> texts) {
    for (Map.Entry<?, ?> view : views.entrySet()) {
      String name = name(view.getKey());
      if (view.getValue() instanceof Map<?, ?> || view.getValue() instanceof List<?>) {
        return "the view " + name + " is no text";
      }
      if (isText(view.getValue()) && texts.putIfAbsent(name, view.getValue().toString()) != null) {
        return "the view " + name + " stands twice";
      }
    }
    return null;
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
