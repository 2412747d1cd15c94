package com.nomadicml.beam.status;

import com.google.common.base.Splitter;
import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.SharedQuota.Grant;
import com.nomadicml.beam.api.SharedQuota.Taken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private record Row(long version, SharedQuota quota) {}

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
    Row row;
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(READ)) {
      found.next();
      row =
          new Row(
              found.getLong("version"),
              new SharedQuota(
                  LocalDate.parse(found.getString("day")),
                  found.getLong("spent"),
                  times(found.getString("sent")),
                  grants(found.getString("granted")),
                  Instant.ofEpochMilli(found.getLong("not_before"))));
    }
    Taken taken = take.apply(row.quota());
    SharedQuota after = taken.after();
    int changed =
        statements.execute(
            CHANGE,
            row.version() + 1,
            after.day(),
            after.spent(),
            text(after.sent()),
            text(after.granted()),
            after.notBefore().toEpochMilli(),
            row.version());
    return changed == 1 ? taken : null;
  }

  private static List<Instant> times(String text) {
    List<Instant> times = new ArrayList<>();
    for (String millis : Splitter.on(' ').omitEmptyStrings().split(text)) {
      times.add(Instant.ofEpochMilli(Long.parseLong(millis)));
    }
    return times;
  }

  private static String text(List<Instant> times) {
    return String.join(
        " ", times.stream().map(time -> Long.toString(time.toEpochMilli())).toList());
  }

  private static Map<String, Grant> grants(String text) {
    Map<String, Grant> grants = new LinkedHashMap<>();
    for (String grant : Splitter.on(' ').omitEmptyStrings().split(text)) {
      List<String> parts = Splitter.on('|').splitToList(grant);
      grants.put(
          parts.get(0),
          new Grant(
              Instant.ofEpochMilli(Long.parseLong(parts.get(1))), Integer.parseInt(parts.get(2))));
    }
    return grants;
  }

  private static String text(Map<String, Grant> grants) {
    return String.join(
        " ",
        grants.entrySet().stream()
            .map(
                grant ->
                    grant.getKey()
                        + "|"
                        + grant.getValue().until().toEpochMilli()
                        + "|"
                        + grant.getValue().requests())
            .toList());
  }
}
