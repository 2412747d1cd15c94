package com.nomadicml.beam.status;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.SharedQuota.Grant;
import com.nomadicml.beam.api.SharedQuota.Taken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The quota of an account as a row of {@code import_limits}: tables belong to one account, so there
 * is one row. It is changed only when nobody has changed it since it was read.
 */
record JdbcQuotaLedger(JdbcDatabase database) implements QuotaLedger {
  private static final String READ = "SELECT * FROM import_limits WHERE account = 'account'";
  private static final String NEW =
      "INSERT INTO import_limits (account, version, day, spent, sent, granted, not_before)"
          + " VALUES ('account', 0, '1970-01-01', 0, '', '', 0) ON CONFLICT (account) DO NOTHING";
  private static final String CHANGE =
      "UPDATE import_limits SET version = ?, day = ?, spent = ?, sent = ?, granted = ?,"
          + " not_before = ? WHERE account = 'account' AND version = ?";

  @Override
  public boolean isThere() {
    if (!database.mayExist()) {
      return false;
    }
    return new JdbcRetry(database)
        .run(
            "look for import_limits",
            () -> {
              try (Connection connection = database.open();
                  ResultSet found =
                      connection
                          .getMetaData()
                          .getTables(null, connection.getSchema(), "import_limits", null)) {
                return found.next();
              }
            });
  }

  @Override
  public Grant take(Function<SharedQuota, Taken> take) {
    AtomicReference<Taken> taken = new AtomicReference<>();
    while (taken.get() == null) {
      new JdbcTransaction(database)
          .run("take requests of the quota", connection -> taken.set(tryToTake(connection, take)));
    }
    return taken.get().grant();
  }

  /** Null when another was faster. */
  private Taken tryToTake(Connection connection, Function<SharedQuota, Taken> take)
      throws SQLException {
    JdbcStatements statements = new JdbcStatements(database, connection);
    statements.execute(NEW);
    QuotaRow row;
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(READ)) {
      found.next();
      row =
          QuotaRow.of(
              found.getLong("version"),
              found.getString("day"),
              found.getLong("spent"),
              found.getString("sent"),
              found.getString("granted"),
              found.getLong("not_before"));
    }
    Taken taken = take.apply(row.quota());
    SharedQuota after = taken.after();
    int changed =
        statements.execute(
            CHANGE,
            row.version() + 1,
            after.day(),
            after.spent(),
            QuotaRow.text(after.sent()),
            QuotaRow.text(after.granted()),
            after.notBefore().toEpochMilli(),
            row.version());
    return changed == 1 ? taken : null;
  }
}
