package com.nomadicml.beam.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.JobStatus;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.sqlite.Function;

/**
 * A dataset of BigQuery in memory. Upserts go to Beam's fake of it. Each statement is checked by
 * BigQuery's own analyzer, and then run by SQLite over the rows of the fake: the few words that the
 * two have not in common are put into SQLite's.
 *
 * <p>Holds to BigQuery's rule that a table is changed by upserts or by statements, never by both.
 */
public final class BigQueryModel implements BigQueryQueries {
  private static final long serialVersionUID = 1L;
  private static final String PROJECT = "model";
  private static final String DATASET = "dataset";
  private static final GoogleSql GOOGLE_SQL = GoogleSql.of(PROJECT, DATASET);

  /** What the fake, too, keeps for the whole process. */
  private static Connection sqlite;

  /** How many rows had been upserted when a table was loaded last. */
  private static final Map<String, Long> LOADED = new HashMap<>();

  private static final Set<String> CREATED = new HashSet<>();
  private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();
  private static final FakeDatasetService DATASETS = new FakeDatasetService();

  private static Runnable beforeRow = () -> {};
  private static Runnable beforeStatement = () -> {};

  private static final Set<String> BY_STATEMENT =
      Set.of("import_leases", "import_lanes", "import_limits", "import_account");

  private static final Pattern NAME = Pattern.compile("`model\\.dataset\\.(\\w+)`");
  private static final Pattern PARAMETER = Pattern.compile("@(\\w+)");

  /** The statements so far. */
  public static final List<String> ASKED = new ArrayList<>();

  /** The rows that were upserted so far, and about how many bytes they had. */
  public static final AtomicLong ROWS = new AtomicLong();

  public static final AtomicLong BYTES = new AtomicLong();

  private BigQueryModel() {}

  /** The status tables in a dataset that is new, and takes the place of the one before. */
  public static StatusStore fresh() {
    return fresh(Duration.ZERO, Clock.systemUTC(), Sleeper.real());
  }

  /** The same, of which an outage is waited for. */
  public static StatusStore fresh(Duration patience, Clock clock, Sleeper sleeper) {
    try {
      ASKED.clear();
      ROWS.set(0);
      BYTES.set(0);
      beforeEachRow(() -> {});
      beforeEachStatement(() -> {});
      DATASETS.setShouldFailRow(
          (java.util.function.Function<TableRow, Boolean> & Serializable) BigQueryModel::isRefused);
      CREATED.clear();
      LOADED.clear();
      FakeDatasetService.setUp();
      DATASETS.createDataset(PROJECT, DATASET, "", "", null);
      if (sqlite != null) {
        sqlite.close();
      }
      sqlite = DriverManager.getConnection("jdbc:sqlite::memory:");
      create("UNIX_MILLIS", values -> Long.valueOf(values.get(0)));
      create("TIMESTAMP", values -> Instant.parse(values.get(0)).toEpochMilli());
      create("TIMESTAMP_MILLIS", values -> Long.valueOf(values.get(0)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    StatusStore store =
        new BigQueryStatusStore(
            PROJECT,
            DATASET,
            new FakeBigQueryServices().withDatasetService(DATASETS),
            new BigQueryModel(),
            new BigQueryRetry("bigquery:model.dataset", patience, clock, sleeper));
    store.createTables();
    return store;
  }

  /** Tells the lane of a run of a batch, as its planner does. */
  public static void arrives(StatusStore store, JobStatus job) {
    BigQueryStatusStore tables = (BigQueryStatusStore) store;
    try (BigQueryAppends appends = new BigQueryAppends(tables, true)) {
      new BigQueryArrivals(tables, appends).add(job);
    }
  }

  /** Has something happen before each row that is upserted; what it throws, the writer gets. */
  public static void beforeEachRow(Runnable event) {
    beforeRow = event;
  }

  /** The same before each statement. */
  public static void beforeEachStatement(Runnable event) {
    beforeStatement = event;
  }

  private static boolean isRefused(TableRow row) {
    beforeRow.run();
    ROWS.incrementAndGet();
    BYTES.addAndGet(row.toString().getBytes(UTF_8).length);
    return false;
  }

  private interface OfTexts {
    Long apply(List<String> values);
  }

  private static void create(String name, OfTexts function) throws SQLException {
    Function.create(
        sqlite,
        name,
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            String value = value_text(0);
            if (value == null) {
              result();
            } else {
              result(function.apply(List.of(value)));
            }
          }
        });
  }

  @Override
  public List<Map<String, Object>> run(String project, String sql, Map<String, String> parameters) {
    beforeStatement.run();
    if (CHECKED.add(sql)) {
      GOOGLE_SQL.check(sql, parameters.keySet());
    }
    return ask(sql, parameters);
  }

  private static synchronized List<Map<String, Object>> ask(
      String sql, Map<String, String> parameters) {
    ASKED.add(sql);
    try {
      Set<String> tables = new LinkedHashSet<>();
      NAME.matcher(sql).results().forEach(found -> tables.add(found.group(1)));
      for (String table : tables) {
        load(table);
      }
      List<Map<String, Object>> rows = List.of();
      for (String statement : sql.split(";\n")) {
        rows = execute(statement, parameters);
      }
      return rows;
    } catch (Exception e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static void load(String name) throws Exception {
    Table table =
        DATASETS.getTable(
            new TableReference().setProjectId(PROJECT).setDatasetId(DATASET).setTableId(name));
    List<TableFieldSchema> fields = table.getSchema().getFields();
    String quoted = "`" + PROJECT + "." + DATASET + "." + name + "`";
    try (Statement statement = sqlite.createStatement()) {
      if (CREATED.add(name)) {
        String columns =
            String.join(
                ", ",
                fields.stream()
                    .map(field -> field.getName() + " " + (isNumber(field) ? "INTEGER" : "TEXT"))
                    .toList());
        statement.execute("CREATE TABLE " + quoted + " (" + columns + ")");
      }
      List<TableRow> rows = DATASETS.getAllRows(PROJECT, DATASET, name);
      if (BY_STATEMENT.contains(name)) {
        assertThat(rows).isEmpty();
        return;
      }
      if (Long.valueOf(ROWS.get()).equals(LOADED.put(name, ROWS.get()))) {
        return;
      }
      statement.execute("DELETE FROM " + quoted);
      String places = String.join(", ", fields.stream().map(field -> "?").toList());
      sqlite.setAutoCommit(false);
      try (PreparedStatement insert =
          sqlite.prepareStatement("INSERT INTO " + quoted + " VALUES (" + places + ")")) {
        for (TableRow row : rows) {
          for (int i = 0; i < fields.size(); i++) {
            insert.setObject(i + 1, stored(fields.get(i), row.get(fields.get(i).getName())));
          }
          insert.addBatch();
        }
        insert.executeBatch();
      }
      sqlite.commit();
      sqlite.setAutoCommit(true);
    }
  }

  private static boolean isNumber(TableFieldSchema field) {
    return !field.getType().equals("STRING") && !field.getType().equals("BOOL");
  }

  private static Object stored(TableFieldSchema field, Object value) {
    if (value == null) {
      return null;
    }
    String text = value.toString();
    return switch (field.getType()) {
      case "INT64" -> Long.valueOf(text);
      case "TIMESTAMP" -> millis(text);
      default -> text;
    };
  }

  /** As the fake writes it, in UTC. */
  private static long millis(String time) {
    return LocalDateTime.parse(time.replace(" ", "")).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static List<Map<String, Object>> execute(String sql, Map<String, String> parameters)
      throws SQLException {
    boolean isSelect = sql.startsWith("SELECT");
    if (!isSelect && !sql.matches("(BEGIN|COMMIT) TRANSACTION")) {
      Matcher changed = NAME.matcher(sql);
      assertThat(changed.find()).isTrue();
      assertThat(changed.group(1)).isIn(BY_STATEMENT);
    }
    String translated =
        sql.replace("@@row_count", "changes()")
            .replace("CURRENT_TIMESTAMP()", "CAST(unixepoch('subsec') * 1000 AS INTEGER)")
            .replace("COUNTIF(", "SUM(")
            .replaceAll(
                "IN UNNEST\\(JSON_VALUE_ARRAY\\(PARSE_JSON\\((@\\w+)\\)\\)\\)",
                "IN (SELECT value FROM json_each($1))");
    List<String> names =
        PARAMETER.matcher(translated).results().map((MatchResult found) -> found.group(1)).toList();
    try (PreparedStatement statement =
        sqlite.prepareStatement(PARAMETER.matcher(translated).replaceAll("?"))) {
      for (int i = 0; i < names.size(); i++) {
        statement.setString(i + 1, parameters.get(names.get(i)));
      }
      if (!isSelect) {
        statement.execute();
        return List.of();
      }
      return rows(statement.executeQuery());
    }
  }

  private static List<Map<String, Object>> rows(ResultSet result) throws SQLException {
    List<Map<String, Object>> rows = new ArrayList<>();
    while (result.next()) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        row.put(result.getMetaData().getColumnLabel(i), result.getString(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Runs a statement, or yields the rows of a query, over the tables' own names; for a test. */
  public static synchronized List<Map<String, Object>> query(String sql) {
    String quoted = sql.replaceAll("\\bimport_[a-z]+s\\b", "`" + PROJECT + "." + DATASET + ".$0`");
    int asked = ASKED.size();
    try {
      return ask(quoted, Map.of());
    } finally {
      ASKED.subList(asked, ASKED.size()).clear();
    }
  }
}
