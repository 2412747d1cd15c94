package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;

/** Creates the tables, columns and indexes that are absent. */
final class JdbcSchema {
  private static final List<StatusTable<?>> TABLES =
      List.of(
          VideoTable.VIDEOS,
          JobTable.JOBS,
          RunTable.RUNS,
          AccountTable.ACCOUNTS,
          LeaseTable.LEASES);

  private JdbcSchema() {}

  static boolean exists(JdbcDatabase database, StatusTable<?> table) {
    if (!database.mayExist()) {
      return false;
    }
    return new JdbcRetry(database)
        .first()
        .run(
            "look for the status tables",
            () -> {
              try (Connection connection = database.open();
                  // In the schema that is written to; another may have tables of that name.
                  ResultSet found =
                      connection
                          .getMetaData()
                          .getTables(null, connection.getSchema(), table.name(), null)) {
                return found.next();
              }
            });
  }

  static void create(JdbcDatabase database) {
    new JdbcRetry(database)
        .first()
        .run(
            "create the status tables",
            () -> {
              try (Connection connection = database.open();
                  Statement statement = connection.createStatement()) {
                // All or none, so that a crash leaves nothing that is half there.
                connection.setAutoCommit(false);
                if (database.dialect() == JdbcDialect.POSTGRESQL) {
                  // IF NOT EXISTS alone lets two that begin at once trip over each other.
                  statement.execute("SELECT pg_advisory_xact_lock(hashtext('nomadic-import'))");
                }
                execute(statement, database.dialect());
                connection.commit();
              }
              return null;
            });
  }

  private static void execute(Statement statement, JdbcDialect dialect) throws SQLException {
    boolean isNew = !hasIntents(statement);
    for (StatusTable<?> table : TABLES) {
      statement.execute(ddl(table, dialect));
      addMissing(table.name(), definitions(table, dialect), statement, dialect);
      for (TableIndex index : table.indexes()) {
        statement.execute(index.ddl(table.name()));
      }
    }
    for (String sql : LaneTables.ddl(dialect)) {
      statement.execute(sql);
    }
    for (var table : LaneTables.definitions(dialect).entrySet()) {
      addMissing(table.getKey(), table.getValue(), statement, dialect);
    }
    for (String sql : LaneTables.indexes()) {
      statement.execute(sql);
    }
    if (isNew) {
      for (String sql : LaneTables.carryOver()) {
        statement.execute(sql);
      }
    }
    for (StatusView view : StatusView.ALL) {
      if (!view.query().equals(present(view, statement, dialect))) {
        create(view, statement, dialect);
      }
    }
  }

  /** The query of a view as it was made; null when there is none, or its maker did not say. */
  @Nullable
  private static String present(StatusView view, Statement statement, JdbcDialect dialect)
      throws SQLException {
    String sql =
        switch (dialect) {
          case SQLITE ->
              "SELECT substr(sql, instr(sql, ' AS ') + 4) FROM sqlite_master WHERE name = '%s'";
          case POSTGRESQL -> "SELECT obj_description(to_regclass('%s'), 'pg_class')";
        };
    try (ResultSet found = statement.executeQuery(sql.formatted(view.name()))) {
      return found.next() ? found.getString(1) : null;
    }
  }

  private static void create(StatusView view, Statement statement, JdbcDialect dialect)
      throws SQLException {
    switch (dialect) {
      case SQLITE -> {
        statement.execute("DROP VIEW IF EXISTS " + view.name());
        statement.execute("CREATE VIEW " + view.name() + " AS " + view.query());
      }
      case POSTGRESQL -> {
        // Others may have made views of it.
        statement.execute("CREATE OR REPLACE VIEW " + view.name() + " AS " + view.query());
        String comment = view.query().replace("'", "''");
        statement.execute("COMMENT ON VIEW " + view.name() + " IS '" + comment + "'");
      }
    }
  }

  private static boolean hasIntents(Statement statement) throws SQLException {
    Connection connection = statement.getConnection();
    try (ResultSet found =
        connection
            .getMetaData()
            .getTables(null, connection.getSchema(), LaneTables.INTENTS, null)) {
      return found.next();
    }
  }

  /** Adds the columns that a table of an earlier version lacks. */
  private static void addMissing(
      String table, Map<String, String> definitions, Statement statement, JdbcDialect dialect)
      throws SQLException {
    Set<String> present = new HashSet<>();
    try (ResultSet none = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
      for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
        present.add(none.getMetaData().getColumnName(i));
      }
    }
    // Where the database knows it, so that two runs that begin at once don't trip over each other.
    String unless = dialect == JdbcDialect.POSTGRESQL ? "IF NOT EXISTS " : "";
    for (var column : definitions.entrySet()) {
      if (!present.contains(column.getKey())) {
        statement.execute("ALTER TABLE " + table + " ADD COLUMN " + unless + column.getValue());
      }
    }
  }

  private static Map<String, String> definitions(StatusTable<?> table, JdbcDialect dialect) {
    Map<String, String> byName = new LinkedHashMap<>();
    for (Column<?> column : table.columns()) {
      byName.put(column.name(), definition(column, dialect));
    }
    return byName;
  }

  private static String ddl(StatusTable<?> table, JdbcDialect dialect) {
    String columns = String.join(",\n  ", definitions(table, dialect).values());
    return "CREATE TABLE IF NOT EXISTS %s (\n  %s,\n  PRIMARY KEY (%s)\n)%s"
        .formatted(table.name(), columns, String.join(", ", table.key()), dialect.storage());
  }

  private static String definition(Column<?> column, JdbcDialect dialect) {
    String type = column.name() + " " + dialect.typeName(column.type());
    return column.required() ? type + " NOT NULL" : type;
  }
}
