package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.toSet;

import java.io.Serializable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a row becomes an entry, whatever format it comes in.
 *
 * @param columns which column means what, but for the URI
 * @param labels fields that travel to the status table, in lower case
 * @param expand whether a wildcard is listed instead of rejected
 * @param versioned whether entries keep what tells a change of their objects
 * @param orgOnly whether a row whose scope is user is rejected
 * @param counted whether lines are counted: those of a manifest that is only compared with are not
 */
record RowRules(
    UriField uriField,
    Columns columns,
    List<String> labels,
    boolean expand,
    boolean versioned,
    boolean orgOnly,
    boolean counted)
    implements Serializable {

  /** Nothing but the URI, each line counted. */
  static RowRules of(UriField uriField) {
    return new RowRules(uriField, Columns.BY_NAME, List.of(), false, false, false, true);
  }

  /** As the columns say, where they say it. */
  RowRules withUriField(UriField field) {
    UriField uri = columns.isAsked(Columns.URI) ? uriField : field;
    return new RowRules(uri, columns, labels, expand, versioned, orgOnly, counted);
  }

  RowRules withColumns(Columns others) {
    UriField uri =
        others.isAsked(Columns.URI)
            ? UriField.named(others.byMeaning().get(Columns.URI))
            : uriField;
    return new RowRules(uri, others, labels, expand, versioned, orgOnly, counted);
  }

  RowRules withLabels(List<String> names) {
    return new RowRules(uriField, columns, names, expand, versioned, orgOnly, counted);
  }

  RowRules withExpand(boolean on) {
    return new RowRules(uriField, columns, labels, on, versioned, orgOnly, counted);
  }

  RowRules withVersions() {
    return new RowRules(uriField, columns, labels, expand, true, orgOnly, counted);
  }

  RowRules withOrgOnly(boolean on) {
    return new RowRules(uriField, columns, labels, expand, versioned, on, counted);
  }

  /** The same rules for a manifest that is only compared with. */
  RowRules uncounted() {
    return new RowRules(uriField, columns, List.of(), expand, true, orgOnly, false);
  }

  /**
   * Checks that one of {@code names}, in lower case, can hold a URI.
   *
   * @throws ManifestException naming what was looked for and found
   */
  void requireUriAmong(List<String> names, String path) {
    if (!columns.hasSet(names)) {
      uriField.requireAmong(names, path);
    }
  }

  /** The same for a format whose columns may nest: the first names of the URI's path will do. */
  void requireUriWithin(List<String> names, String path) {
    if (wayToUri().noneMatch(names::contains)) {
      requireUriAmong(names, path);
    }
  }

  /** What the columns on the way to a nested URI may be called. */
  private Stream<String> wayToUri() {
    List<String> way = uriField.path();
    return IntStream.rangeClosed(1, way.size())
        .mapToObj(names -> String.join(".", way.subList(0, names)));
  }

  /** By name, the option that asks for a column or property. */
  Map<String, String> asked() {
    Map<String, String> asked = new LinkedHashMap<>();
    columns
        .asked()
        .forEach((name, meaning) -> asked.put(name, "--columns=" + meaning + "=" + name));
    labels.forEach(name -> asked.put(name, "--label=" + name));
    return asked;
  }

  /** Whether a column of this name settles where its row goes. */
  boolean isSetting(String name) {
    return Stream.of(Columns.FOLDER, Columns.SCOPE, Columns.INTEGRATION)
        .map(columns::column)
        .anyMatch(name::equals);
  }

  /** The columns of views, and of objects of them. */
  Set<String> viewNames() {
    return Stream.concat(Stream.of(Columns.VIEWS), EntryMapper.VIEWS.stream())
        .map(columns::column)
        .filter(column -> column != null)
        .collect(toSet());
  }

  /** Names under which an object or a list is of use, if only to tell that it was ignored. */
  Set<String> nestedNames() {
    Set<String> names = new HashSet<>(labels);
    wayToUri().forEach(names::add);
    for (String meaning : Columns.meanings()) {
      String column = columns.column(meaning);
      if (column != null && !meaning.equals(Columns.URI)) {
        names.add(column);
      }
    }
    return names;
  }
}
