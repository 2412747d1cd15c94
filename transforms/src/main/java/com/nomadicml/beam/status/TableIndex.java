package com.nomadicml.beam.status;

import java.io.Serializable;

/**
 * An index of a status table. It is cheap on what rows get once and keep: a write that changes an
 * indexed column changes the index too, and in PostgreSQL all others with it.
 *
 * @param onlyPresent whether rows without a value are left out, so that they cost nothing
 */
record TableIndex(String column, boolean onlyPresent) implements Serializable {

  static TableIndex on(String column) {
    return new TableIndex(column, false);
  }

  static TableIndex onPresent(String column) {
    return new TableIndex(column, true);
  }

  String ddl(String table) {
    return "CREATE INDEX IF NOT EXISTS %1$s_by_%2$s ON %1$s (%2$s)".formatted(table, column)
        + (onlyPresent ? " WHERE " + column + " IS NOT NULL" : "");
  }
}
