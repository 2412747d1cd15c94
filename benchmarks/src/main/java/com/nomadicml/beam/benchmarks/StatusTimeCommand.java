package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run status}: how long it takes to tell how far a large run is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Fills status tables with a run of ten million items: one percent has failed, 50 jobs are"
          + " read, and 50 batches wait. Then it asks them what the command status asks.",
      "Ends with 1 when that took more than a second, the median of five."
    },
    sortOptions = false)
final class StatusTimeCommand implements Callable<Integer> {
  private static final int ASKED = 5;
  private static final int BATCH = 1_000;
  private static final int OPEN = 50;
  private static final Duration MOST = Duration.ofSeconds(1);
  private static final String RUN = "run-1";

  @Option(names = "--items", description = "Default: 10000000.")
  private int items = 10_000_000;

  @Option(
      names = "--statusTable",
      description =
          "A jdbc:postgresql: URL, whose schema bench_status is made anew. Default: SQLite.")
  private String url;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("status-time");
    FreshTables fresh = new FreshTables(url, directory);
    Tables tables = fresh.create("bench_status");
    StatusStore store = StatusStore.at(tables.url());
    store.createTables();
    Instant start = Instant.now();
    fill(store, tables, start);
    out.printf(
        Locale.ROOT,
        "%s, %,d items, filled in %d s%n",
        fresh.kind(),
        items,
        Duration.between(start, Instant.now()).toSeconds());
    Duration numbers = median(() -> numbers(store));
    Duration reasons = median(() -> store.numbers().orElseThrow().reasons(RUN, 5));
    out.printf(
        Locale.ROOT,
        "how far the run is: %,d ms; the reasons: %,d ms%n",
        numbers.toMillis(),
        reasons.toMillis());
    out.flush();
    fresh.drop("bench_status");
    return numbers.plus(reasons).compareTo(MOST) <= 0 ? 0 : 1;
  }

  private static Object numbers(StatusStore store) {
    Instant now = Instant.now();
    RunNumbers.Question question =
        new RunNumbers.Question(
            now.minus(Duration.ofMinutes(15)), RequestBudget.dayOf(now), OPEN / 5);
    return store.numbers().orElseThrow().of(RUN, question).orElseThrow();
  }

  private static Duration median(Callable<?> action) throws Exception {
    Duration[] times = new Duration[ASKED];
    for (int i = 0; i < ASKED; i++) {
      long start = System.nanoTime();
      action.call();
      times[i] = Duration.ofNanos(System.nanoTime() - start);
    }
    Arrays.sort(times);
    return times[ASKED / 2];
  }

  private void fill(StatusStore store, Tables tables, Instant now) throws SQLException {
    store.recordRun(
        RunStatus.started(RUN, "fleet.csv", "{maxAttempts=1}", now).toBuilder()
            .setRequests(items / BATCH * 3L)
            .setAliveAt(now.toEpochMilli())
            .build());
    store
        .lane()
        .counted(
            RUN,
            List.of(
                PartCount.of("lines_read", "fleet.csv", items),
                PartCount.of("planned_items", "fleet.csv", items)));
    store.lane().lease().take(RUN, "elsewhere|1|1", Duration.ofHours(12));
    int jobs = items / BATCH;
    boolean isSqlite = url == null;
    String time = "'" + now.toString().substring(0, 19) + ".000Z'";
    try (Connection connection = DriverManager.getConnection(tables.url());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO import_jobs (batch_id, run_id, provider, bucket, scope, multi_view, state,"
              + " requested, uploaded, failed, missing, attempt, unknown_submits, planned_at,"
              + " submitted_at, completed_at, sequence)"
              + numbered(isSqlite, jobs)
              + " SELECT 'batch-' || i, '"
              + RUN
              + "', 's3', 'fleet', 'user', "
              + (isSqlite ? "0" : "FALSE")
              + ", CASE WHEN i < 50 THEN 'SUBMITTED' WHEN i < 100 THEN 'PLANNED'"
              + " ELSE 'COMPLETED' END, 1000, CASE WHEN i < 100 THEN 0 ELSE 990 END,"
              + " CASE WHEN i < 100 THEN 0 ELSE 10 END, 0, 1, 0, "
              + cast(isSqlite, time)
              + ", CASE WHEN i < 50"
              + " OR i >= 100 THEN "
              + cast(isSqlite, time)
              + " END, CASE WHEN i >= 100 THEN "
              + cast(isSqlite, time)
              + " END, 1 FROM n");
      statement.execute(
          "INSERT INTO import_cursors (batch_id, next_look_at, waited, reading)"
              + numbered(isSqlite, OPEN)
              + " SELECT 'batch-' || i, "
              + cast(isSqlite, time)
              + ", 1000, '{}' FROM n");
      statement.execute(
          "INSERT INTO import_videos (destination, source_uri, provider, bucket, manifest, line,"
              + " run_id, batch_id, import_job_id, state, error_code, error_message, attempt,"
              + " sequence, updated_at)"
              + numbered(isSqlite, items)
              + " SELECT 'user/', 's3://fleet/recordings/' || i || '.mp4', 's3', 'fleet',"
              + " 'fleet.csv', i, '"
              + RUN
              + "', 'batch-' || (i / 1000), 'ij_' || (i / 1000),"
              + " CASE WHEN i % 100 = 0 THEN 'UPLOADING_FAILED' ELSE 'UPLOADED' END,"
              + " CASE WHEN i % 100 = 0 THEN 'IMPORT_FAILED' END,"
              + " CASE WHEN i % 100 = 0 THEN 'reason ' || (i / 100 % 7) END, 1, 1, "
              + cast(isSqlite, time)
              + " FROM n");
      statement.execute("ANALYZE");
    }
  }

  /** A table {@code n} with the numbers below {@code count}. */
  private static String numbered(boolean isSqlite, int count) {
    return isSqlite
        ? " WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < "
            + count
            + ")"
        : " WITH n AS (SELECT i FROM generate_series(0, " + (count - 1) + ") AS g(i))";
  }

  private static String cast(boolean isSqlite, String time) {
    return isSqlite ? time : time + "::timestamptz";
  }
}
