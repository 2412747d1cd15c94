package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toMap;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables that a lane keeps beside the others: what it needs to go on, and its history. */
final class LaneTables {
  static final String INTENTS = "import_intents";
  static final String ARRIVALS = "import_arrivals";

  /** Of an upsert in BigQuery: the order of writes to one row. */
  static final String SEQUENCE = "sequence";

  /**
   * A table's columns, as SQL has them.
   *
   * @param keys how many columns its primary key has; they are the first
   */
  private record Shape(String name, int keys, String columns) {
    List<String> key() {
      return names().subList(0, keys);
    }

    List<String> names() {
      return definitions().stream().map(words -> words.get(0)).toList();
    }

    List<List<String>> definitions() {
      return Splitter.on(", ")
          .splitToStream(columns)
          .map(Splitter.on(' ').limit(3)::splitToList)
          .toList();
    }
  }

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(
              INTENTS,
              1,
              "batch_id TEXT NOT NULL, run_id TEXT NOT NULL, idempotency_key TEXT NOT NULL,"
                  + " sends BIGINT NOT NULL, sent_at TIMES NOT NULL, body TEXT"),
          new Shape(
              "import_cursors",
              1,
              "batch_id TEXT NOT NULL, next_look_at TIMES NOT NULL, waited BIGINT NOT NULL,"
                  + " reading TEXT NOT NULL"),
          new Shape(
              "import_attempts",
              3,
              "destination TEXT NOT NULL, source_uri TEXT NOT NULL, attempt BIGINT NOT NULL,"
                  + " run_id TEXT NOT NULL, batch_id TEXT, import_job_id TEXT, video_id TEXT,"
                  + " state TEXT NOT NULL, error_code TEXT, error_message TEXT,"
                  + " updated_at TIMES NOT NULL"),
          new Shape(
              "import_counts",
              3,
              "run_id TEXT NOT NULL, stage TEXT NOT NULL, part TEXT NOT NULL,"
                  + " items BIGINT NOT NULL"),
          new Shape(
              "import_requests",
              3,
              "run_id TEXT NOT NULL, process TEXT NOT NULL, hour TIMES NOT NULL,"
                  + " sent BIGINT NOT NULL, refused BIGINT NOT NULL, failed BIGINT NOT NULL"),
          new Shape(
              "import_lanes",
              1,
              "run_id TEXT NOT NULL, epoch BIGINT NOT NULL, process TEXT NOT NULL,"
                  + " expires_at BIGINT NOT NULL, ending TEXT, message TEXT"),
          new Shape(
              "import_outcomes",
              2,
              "run_id TEXT NOT NULL, position BIGINT NOT NULL, batch_id TEXT NOT NULL"),
          new Shape(ARRIVALS, 2, "run_id TEXT NOT NULL, batch_id TEXT NOT NULL, planned_at TIMES"),
          new Shape(
              "import_limits",
              1,
              "account TEXT NOT NULL, version BIGINT NOT NULL, day TEXT NOT NULL,"
                  + " spent BIGINT NOT NULL, sent TEXT NOT NULL, granted TEXT NOT NULL,"
                  + " not_before BIGINT NOT NULL"),
          new Shape(
              "import_events",
              4,
              "run_id TEXT NOT NULL, happened_at TIMES NOT NULL, kind TEXT NOT NULL,"
                  + " event TEXT NOT NULL"));

  /** In BigQuery, rows of a batch are kept beside it, and those of an attempt stay there. */
  private static final String NOT_IN_BIGQUERY = "import_attempts";

  /** In BigQuery these are changed by statements, all others by upserts alone. */
  private static final List<String> BY_STATEMENT = List.of("import_lanes", "import_limits");

  private static final Map<String, StatusTable<RowValues>> BY_NAME =
      SHAPES.stream()
          .filter(shape -> !NOT_IN_BIGQUERY.equals(shape.name()))
          .collect(toMap(Shape::name, LaneTables::table, (one, other) -> one, LinkedHashMap::new));

  private LaneTables() {}

  /** A table as BigQuery has it. */
  static StatusTable<RowValues> of(String name) {
    return BY_NAME.get(name);
  }

  /** All as BigQuery has them. */
  static List<StatusTable<RowValues>> all() {
    return List.copyOf(BY_NAME.values());
  }

  private static StatusTable<RowValues> table(Shape shape) {
    StatusTable.Columns<RowValues> columns = new StatusTable.Columns<>();
    for (List<String> words : shape.definitions()) {
      String name = words.get(0);
      Column.Type type =
          switch (words.get(1)) {
            case "BIGINT" -> Column.Type.LONG;
            case "TIMES" -> Column.Type.TIMESTAMP;
            default -> shape.key().contains(name) ? Column.Type.KEY : Column.Type.TEXT;
          };
      // Of an upsert, a cursor that is no more has no reading.
      if (words.size() > 2 && !name.equals("reading")) {
        columns.required(name, type, row -> row.valueOrNull(name));
      } else {
        columns.optional(name, type, row -> row.valueOrNull(name));
      }
    }
    if (!BY_STATEMENT.contains(shape.name())) {
      columns.required(SEQUENCE, Column.Type.LONG, row -> row.number(SEQUENCE));
    }
    return new StatusTable<>(
        RowValues.class,
        shape.name(),
        columns.list(),
        shape.key(),
        List.of(),
        row -> row.number(SEQUENCE),
        row -> row);
  }

  /** What creates those that are absent. */
  static List<String> ddl(JdbcDialect dialect) {
    List<String> statements = new ArrayList<>();
    for (Shape shape : SHAPES) {
      statements.add(
          "CREATE TABLE IF NOT EXISTS %s (%s, PRIMARY KEY (%s))"
              .formatted(
                  shape.name(),
                  String.join(", ", definitions(shape, dialect).values()),
                  String.join(", ", shape.key())));
    }
    return statements;
  }

  /** What creates their indexes. */
  static List<String> indexes() {
    return List.of(
        "CREATE INDEX IF NOT EXISTS import_arrivals_in_order ON import_arrivals"
            + " (run_id, planned_at)");
  }

  /** By table and name, how columns are defined. */
  static Map<String, Map<String, String>> definitions(JdbcDialect dialect) {
    return SHAPES.stream().collect(toMap(Shape::name, shape -> definitions(shape, dialect)));
  }

  private static Map<String, String> definitions(Shape shape, JdbcDialect dialect) {
    String time = dialect.typeName(Column.Type.TIMESTAMP);
    Map<String, String> byName = new LinkedHashMap<>();
    for (List<String> words : shape.definitions()) {
      byName.put(words.get(0), String.join(" ", words).replace("TIMES", time));
    }
    return byName;
  }

  /**
   * What carries tables of an earlier version over, once: a batch was or may be sent with its own
   * id as the key, and the last day's requests are spent.
   */
  static List<String> carryOver() {
    return List.of(
        "INSERT INTO import_intents (batch_id, run_id, idempotency_key, sends, sent_at, body)"
            + " SELECT batch_id, run_id, batch_id, unknown_submits, planned_at, NULL"
            + " FROM import_jobs"
            + " WHERE state IN ('PLANNED', 'SUBMIT_UNKNOWN') AND submitted_at IS NULL",
        "INSERT INTO import_limits (account, version, day, spent, sent, granted, not_before)"
            + " SELECT 'account', 0, quota_day, SUM(requests_on_day), '', '', 0"
            + " FROM import_runs GROUP BY quota_day ORDER BY quota_day DESC LIMIT 1");
  }
}
