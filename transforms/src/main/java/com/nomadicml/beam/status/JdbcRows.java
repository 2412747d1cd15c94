package com.nomadicml.beam.status;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import javax.annotation.Nullable;

/** Reads the rows of one result of a table at a time: it looks a column's place up once. */
final class JdbcRows<T> implements JdbcQuery.RowMapper<T> {
  private static final int ABSENT = 0;

  private final JdbcDialect dialect;
  private final StatusTable<T> table;
  private final int[] places;
  @Nullable private ResultSet result;

  JdbcRows(JdbcDialect dialect, StatusTable<T> table) {
    this.dialect = dialect;
    this.table = table;
    this.places = new int[table.columns().size()];
  }

  @Override
  public T map(ResultSet row) throws SQLException {
    List<Column<T>> columns = table.columns();
    if (row != result) {
      for (int i = 0; i < places.length; i++) {
        places[i] = place(row, columns.get(i));
      }
      result = row;
    }
    RowValues values = new RowValues(table.name(), places.length);
    for (int i = 0; i < places.length; i++) {
      if (places[i] != ABSENT) {
        values.with(columns.get(i).name(), value(row, places[i], columns.get(i).type()));
      }
    }
    return table.reader().apply(values);
  }

  /** A table of an earlier version that was not upgraded yet lacks columns. */
  private static int place(ResultSet row, Column<?> column) throws SQLException {
    try {
      return row.findColumn(column.name());
    } catch (SQLException absent) {
      if (column.required()) {
        throw absent;
      }
      return ABSENT;
    }
  }

  @Nullable
  private Object value(ResultSet row, int place, Column.Type type) throws SQLException {
    return switch (type) {
      case KEY, TEXT -> row.getString(place);
      case LONG -> {
        long value = row.getLong(place);
        yield value == 0 && row.wasNull() ? null : (Object) value;
      }
      case BOOLEAN -> {
        boolean value = row.getBoolean(place);
        yield !value && row.wasNull() ? null : (Object) value;
      }
      case TIMESTAMP -> {
        Instant time = dialect.readTime(row, place);
        yield time == null ? null : (Object) time.toEpochMilli();
      }
    };
  }
}
