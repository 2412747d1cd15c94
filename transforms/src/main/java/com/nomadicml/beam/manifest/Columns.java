package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.annotation.Nullable;

/**
 * Which column or property means what. By default each meaning has the column of its own name.
 *
 * @param byMeaning what the user asked for: the column in lower case, or {@link #NONE}
 */
public record Columns(Map<String, String> byMeaning) implements Serializable {
  /** Nothing is asked for. */
  public static final Columns BY_NAME = new Columns(Map.of());

  static final String URI = "uri";
  static final String VIEWS = "views";
  static final String FOLDER = "folder";
  static final String SCOPE = "scope";
  static final String INTEGRATION = "integration_id";

  private static final String NONE = "-";

  /** Copies the map, so that it can be serialized. */
  public Columns {
    byMeaning = ImmutableMap.copyOf(byMeaning);
  }

  /** All that a column can mean here. */
  public static List<String> meanings() {
    return Stream.concat(
            Stream.of(URI, VIEWS, FOLDER, SCOPE, INTEGRATION), EntryMapper.VIEWS.stream())
        .toList();
  }

  /**
   * Reads the option's value.
   *
   * @param value as in {@code uri=path,front=cam_f,folder=-}, where {@code -} is no column (the URI
   *     needs one); or null
   * @throws IllegalArgumentException naming the pair that can't be used
   */
  public static Columns parse(@Nullable String value) {
    Map<String, String> byMeaning = new LinkedHashMap<>();
    String text = value == null ? "" : value;
    for (String pair : Splitter.on(',').trimResults().omitEmptyStrings().split(text)) {
      int equals = pair.indexOf('=');
      String meaning = pair.substring(0, Math.max(0, equals)).strip().toLowerCase(Locale.ROOT);
      String column = pair.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
      if (meaning.isEmpty() || column.isEmpty()) {
        throw new IllegalArgumentException(
            "--columns takes pairs as in uri=path,front=cam_f,folder=- (none), not '" + pair + "'");
      }
      if (!meanings().contains(meaning)) {
        throw new IllegalArgumentException(
            "--columns: '"
                + meaning
                + "' means nothing here: use "
                + String.join(", ", meanings()));
      }
      if (meaning.equals(URI) && column.equals(NONE)) {
        throw new IllegalArgumentException(
            "--columns=uri=- leaves no column for the URI: name one, as in uri=path");
      }
      if (byMeaning.containsKey(meaning)) {
        throw new IllegalArgumentException("--columns says twice what " + meaning + " is");
      }
      if (!column.equals(NONE) && byMeaning.containsValue(column)) {
        throw new IllegalArgumentException(
            "--columns gives the column " + column + " two meanings: leave one away");
      }
      byMeaning.put(meaning, column);
    }
    return new Columns(byMeaning);
  }

  boolean isAsked(String meaning) {
    return byMeaning.containsKey(meaning);
  }

  /** The column of a meaning, or null when there is none: a column has one meaning. */
  @Nullable
  String column(String meaning) {
    String asked = byMeaning.get(meaning);
    if (asked != null) {
      return asked.equals(NONE) ? null : asked;
    }
    return byMeaning.containsValue(meaning) ? null : meaning;
  }

  /** The columns that were asked for, with their meanings. */
  Map<String, String> asked() {
    Map<String, String> asked = new LinkedHashMap<>();
    byMeaning.forEach(
        (meaning, column) -> {
          if (!column.equals(NONE)) {
            asked.put(column, meaning);
          }
        });
    return asked;
  }

  /** Whether one of {@code columns} can hold the URIs of a set. */
  boolean hasSet(Collection<String> columns) {
    return Stream.of(VIEWS, EntryMapper.FRONT)
        .map(this::column)
        .anyMatch(column -> column != null && columns.contains(column));
  }
}
