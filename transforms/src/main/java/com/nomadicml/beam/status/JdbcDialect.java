package com.nomadicml.beam.status;

import com.nomadicml.beam.status.JdbcTransaction.Durability;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import javax.annotation.Nullable;
import org.sqlite.SQLiteErrorCode;

/** In what the two databases differ: types, times, and which errors pass when tried again. */
enum JdbcDialect {
  SQLITE {
    @Override
    String typeName(Column.Type type) {
      return switch (type) {
        case KEY, TEXT, TIMESTAMP -> "TEXT";
        case LONG -> "BIGINT";
        case BOOLEAN -> "BOOLEAN";
      };
    }

    @Override
    String storage() {
      return "";
    }

    @Override
    String clock() {
      return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
    }

    @Override
    String keepRow() {
      // One transaction writes at a time.
      return "";
    }

    @Override
    void begin(Connection connection, Durability durability) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        // NORMAL writes the log through to the disk when it is copied into the file.
        String synchronous = durability == Durability.LASTING ? "FULL" : "NORMAL";
        statement.execute("PRAGMA synchronous = " + synchronous);
      }
      connection.setAutoCommit(false);
    }

    @Override
    void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException {
      statement.setString(index, iso(time));
    }

    @Override
    Instant readTime(ResultSet row, int place) throws SQLException {
      String text = row.getString(place);
      return text == null ? null : time(text);
    }

    @Override
    boolean isTransient(SQLException error) {
      // The low byte is the primary code; the others say more about it.
      int code = error.getErrorCode() & 0xFF;
      return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
    }

    @Override
    Optional<String> remedy(SQLException error) {
      return switch (SQLiteErrorCode.getErrorCode(error.getErrorCode() & 0xFF)) {
        case SQLITE_NOTADB, SQLITE_CORRUPT ->
            Optional.of("the file is no database of SQLite, or is damaged: name another");
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN ->
            Optional.of(explain(error) + ": grant it, or name another file");
        default -> Optional.empty();
      };
    }

    @Override
    String explain(SQLException error) {
      return switch (SQLiteErrorCode.getErrorCode(error.getErrorCode() & 0xFF)) {
        case SQLITE_BUSY, SQLITE_LOCKED -> "another program holds the file locked";
        case SQLITE_FULL -> "its disk is full: make room, then run again with the same command";
        case SQLITE_IOERR -> "its disk can't be read or written: see that it is there and not full";
        case SQLITE_READONLY, SQLITE_PERM -> "this user may not write it";
        case SQLITE_CANTOPEN -> "this user may not open it, or the log beside it";
        default -> "";
      };
    }
  },

  POSTGRESQL {
    @Override
    String typeName(Column.Type type) {
      return switch (type) {
        case KEY, TEXT -> "TEXT";
        case LONG -> "BIGINT";
        case BOOLEAN -> "BOOLEAN";
        case TIMESTAMP -> "TIMESTAMPTZ";
      };
    }

    @Override
    String storage() {
      // A row is written three times. With room for its next version beside it, no index has to
      // be written again (PostgreSQL's "heap-only tuples"), and the table ends up smaller.
      return " WITH (fillfactor = 40)";
    }

    @Override
    String clock() {
      return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    }

    @Override
    String keepRow() {
      return " FOR SHARE";
    }

    @Override
    void begin(Connection connection, Durability durability) throws SQLException {
      connection.setAutoCommit(false);
      if (durability == Durability.WITH_THE_NEXT) {
        try (Statement statement = connection.createStatement()) {
          // For this transaction: a pooler gives the next to somebody else.
          statement.execute("SET LOCAL synchronous_commit = off");
        }
      }
    }

    @Override
    void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException {
      statement.setObject(index, time.atOffset(ZoneOffset.UTC));
    }

    @Override
    Instant readTime(ResultSet row, int place) throws SQLException {
      OffsetDateTime time = row.getObject(place, OffsetDateTime.class);
      return time == null ? null : time.toInstant();
    }

    @Override
    boolean isUnreachable(SQLException error) {
      return "08001".equals(error.getSQLState());
    }

    @Override
    boolean isTransient(SQLException error) {
      String state = String.valueOf(error.getSQLState());
      boolean lostRace = state.equals("40001") || state.equals("40P01");
      boolean lostConnection = state.startsWith("08") || state.startsWith("57P");
      boolean tooManyConnections = state.equals("53300");
      return lostRace || lostConnection || tooManyConnections;
    }

    /** By the class of the error; why it is one is in the server's own words. */
    @Override
    Optional<String> remedy(SQLException error) {
      String words = String.valueOf(error.getMessage()).replaceFirst("\\.$", "");
      return switch (String.valueOf(error.getSQLState())) {
        case "3D000" -> Optional.of(words + ": create it, or name another");
        case "28000", "28P01", "08004" ->
            Optional.of(words + ": check its user and password (--statusTableSecret)");
        case "42501" -> Optional.of(words + ": " + explain(error));
        default -> Optional.empty();
      };
    }

    @Override
    String explain(SQLException error) {
      String state = String.valueOf(error.getSQLState());
      return switch (state) {
        case "53100" ->
            "the disk of the server is full: make room, then run again with the same command";
        case "42501" -> "its user may not do that: GRANT it, or name another user";
        // Why it is out of use is in the server's own words.
        default -> isTransient(error) ? String.valueOf(error.getMessage()) : "";
      };
    }
  };

  /** Of fixed width, so that texts compare as times do. */
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** The text that was written or read last: all rows of a batch have one time. */
  private static volatile IsoTime last = new IsoTime(Instant.EPOCH, ISO.format(Instant.EPOCH));

  private record IsoTime(Instant time, String text) {}

  private static String iso(Instant time) {
    IsoTime known = last;
    if (!known.time().equals(time)) {
      known = new IsoTime(time, ISO.format(time));
      last = known;
    }
    return known.text();
  }

  private static Instant time(String text) {
    IsoTime known = last;
    if (!known.text().equals(text)) {
      known = new IsoTime(Instant.parse(text), text);
      last = known;
    }
    return known.time();
  }

  abstract String typeName(Column.Type type);

  /** What follows the columns of a new table, as to how it is stored. */
  abstract String storage();

  /** The database's own time, in epoch milliseconds, as SQL. */
  abstract String clock();

  /** What keeps a row that was read as it is until the transaction ends. */
  abstract String keepRow();

  /** Begins a transaction, or has the next statement begin it. */
  abstract void begin(Connection connection, Durability durability) throws SQLException;

  abstract void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException;

  @Nullable
  abstract Instant readTime(ResultSet row, int place) throws SQLException;

  @Nullable
  final Instant readTime(ResultSet row, String column) throws SQLException {
    return readTime(row, row.findColumn(column));
  }

  /** Whether the same statement may well succeed when it is tried again. */
  abstract boolean isTransient(SQLException error);

  /** Whether no connection came about at all. */
  boolean isUnreachable(SQLException error) {
    return false;
  }

  /** What the user has to mend before the database can be used; empty for another error. */
  abstract Optional<String> remedy(SQLException error);

  /** What an error means for a person, and the next step; empty when its message has to do. */
  abstract String explain(SQLException error);

  void bind(PreparedStatement statement, int index, Column.Type type, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, nullType(type));
      return;
    }
    switch (type) {
      case KEY, TEXT -> statement.setString(index, (String) value);
      case LONG -> statement.setLong(index, (Long) value);
      case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
      case TIMESTAMP -> bindTime(statement, index, Instant.ofEpochMilli((Long) value));
    }
  }

  /** What reads the rows of a result of {@code table}. */
  <T> JdbcRows<T> rows(StatusTable<T> table) {
    return new JdbcRows<>(this, table);
  }

  private static int nullType(Column.Type type) {
    return switch (type) {
      case KEY, TEXT -> Types.VARCHAR;
      case LONG -> Types.BIGINT;
      case BOOLEAN -> Types.BOOLEAN;
      case TIMESTAMP -> Types.TIMESTAMP_WITH_TIMEZONE;
    };
  }
}
