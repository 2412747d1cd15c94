package com.nomadicml.beam.status;

import java.util.HashMap;
import java.util.Map;
import javax.annotation.Nullable;

/** The values of one row that was read, by column; what each may be is told in {@link Column}. */
final class RowValues {
  private final String table;
  private final Map<String, Object> values;

  RowValues(String table) {
    this(table, 16);
  }

  RowValues(String table, int columns) {
    this.table = table;
    this.values = new HashMap<>(2 * columns);
  }

  RowValues with(String column, @Nullable Object value) {
    values.put(column, value);
    return this;
  }

  @Nullable
  Object valueOrNull(String column) {
    return values.get(column);
  }

  @Nullable
  String textOrNull(String column) {
    return (String) values.get(column);
  }

  String text(String column) {
    return (String) present(column);
  }

  @Nullable
  Long numberOrNull(String column) {
    return (Long) values.get(column);
  }

  /** For a column that tables of earlier versions lack. */
  long numberOrZero(String column) {
    Long number = numberOrNull(column);
    return number == null ? 0 : number;
  }

  long number(String column) {
    return (Long) present(column);
  }

  int integer(String column) {
    return Math.toIntExact(number(column));
  }

  boolean flag(String column) {
    return (Boolean) present(column);
  }

  <E extends Enum<E>> E constant(Class<E> type, String column) {
    return Enum.valueOf(type, text(column));
  }

  private Object present(String column) {
    Object value = values.get(column);
    if (value == null) {
      throw new IllegalStateException(table + "." + column + " is null");
    }
    return value;
  }
}
