package com.nomadicml.beam.imports.lane;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Throwables;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.BigQueryModel;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseClaim;
import com.nomadicml.beam.status.StatusStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.annotation.Nullable;

/**
 * Lanes that are driven by hand: real tables in a file, an API in memory, a clock of the test's.
 *
 * <p>What a lane does to the tables may be cut off before or after any of its steps.
 */
final class LaneFixture {
  static final Instant START = Instant.parse("2026-11-28T10:00:00Z");

  private static final Duration A_WHILE = Duration.ofMinutes(2);

  /** A process of this machine that is no more, so that its lease is free at once. */
  private static final HolderProcess DEAD =
      new HolderProcess("it", "", HolderProcess.current().machine() + "|999999999|1");

  final MovedClock clock = new MovedClock();
  final ModelApi api;
  final List<Runnable> wire = new ArrayList<>();
  private long sent;

  /** Where intents are written. */
  Executor intents = Runnable::run;

  /** When the quota has room again. */
  Instant quotaAt = Instant.MIN;

  /** After so many of its calls to the tables a lane is killed; negative for never. */
  int callsUntilKilled = -1;

  /** What was asked of the tables, and what they have told of batches and items. */
  int calls;

  int rowsRead;

  /** Batches that were to be sent although the tables said that they had been taken. */
  int sentKnowingly;

  /** When what an intent tells of is not on the wire any more. */
  Function<LaneStore.Intent, Instant> offTheWireAt = intent -> Instant.MIN;

  /** Null for tables in BigQuery. */
  @Nullable private final String url;

  final StatusStore store;

  /** What the names of runs begin with. */
  String runs = "run-";

  LaneRules rules = rules("run-0");
  ImportLane lane;

  /** Whether a lane is at its tables. */
  private boolean isInCall;

  /** Whether lanes have an epoch, as those of a process have. */
  boolean isHeld;

  private final List<String> destinations = new ArrayList<>(List.of("user/"));
  private int begun;

  LaneFixture(Path file, Random random) {
    url = "jdbc:sqlite:" + file;
    store = StatusStore.at(url);
    store.createTables();
    api = new ModelApi(clock.unturned(), random);
  }

  private LaneFixture(Random random, Function<MovedClock, StatusStore> tables) {
    url = null;
    store = tables.apply(clock);
    api = new ModelApi(clock.unturned(), random);
  }

  /** Over a model of BigQuery. */
  static LaneFixture inBigQuery(Random random) {
    return new LaneFixture(random, clock -> BigQueryModel.fresh());
  }

  /** The same for tables that are waited for when they are away. */
  static LaneFixture inBigQueryWithPatience(Random random) {
    return new LaneFixture(
        random, clock -> BigQueryModel.fresh(Duration.ofHours(2), clock, clock::sleep));
  }

  /**
   * Kills the next lane after so many calls to the tables; in BigQuery maybe between two writes.
   */
  void killAfter(int calls, Random random) {
    callsUntilKilled = calls;
    if (url == null && random.nextBoolean()) {
      callsUntilKilled = -1;
      int[] left = {calls * 20};
      BigQueryModel.beforeEachRow(
          () -> {
            if (isInCall && left[0]-- == 0) {
              throw new Killed();
            }
          });
    }
  }

  void killNoMore() {
    callsUntilKilled = -1;
    BigQueryModel.beforeEachRow(() -> {});
  }

  static LaneRules rules(String runId) {
    return new LaneRules(
        runId,
        4,
        500,
        500,
        false,
        0,
        1,
        OnUnknownSubmit.RESEND,
        Duration.ofHours(6),
        Duration.ofHours(2));
  }

  /** A clock that stands still until it is moved. */
  static final class MovedClock extends Clock {
    private Instant now = START;
    private Duration back = Duration.ZERO;

    void moveTo(Instant instant) {
      now = instant.isAfter(now) ? instant : now;
    }

    void sleep(Duration time) {
      now = now.plus(time);
    }

    void goBack(Duration time) {
      now = now.minus(time);
      back = back.plus(time);
    }

    /** What another machine's clock tells, which nobody sets back. */
    Clock unturned() {
      return new Clock() {
        @Override
        public Instant instant() {
          return now.plus(back);
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** The process of a lane is no more. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static ImportTarget target(String bucket) {
    return ImportTarget.of(Provider.S3, bucket, null, null, "user", false);
  }

  /** Plans a batch as a pipeline does. */
  ImportBatch plan(String bucket, int first, int items) {
    return plan(target(bucket), first, items);
  }

  ImportBatch plan(ImportTarget target, int first, int items) {
    String bucket = target.getBucket();
    List<ImportItem> all =
        IntStream.range(first, first + items)
            .mapToObj(i -> ImportItem.of("s3://" + bucket + "/" + i + ".mp4", Map.of(), "m", i))
            .toList();
    return plan(ImportBatch.of(target, all, 1));
  }

  /** Plans batches of one item each: in a file all at once, as copies of one. */
  void planMany(String bucket, int batches) {
    ImportBatch one = plan(bucket, 0, 1);
    if (url == null) {
      for (int i = 1; i < batches; i++) {
        plan(bucket, i, 1);
      }
      return;
    }
    Map<String, String> changed =
        Map.of(
            "batch_id",
            "batch_id || '-' || i",
            "source_uri",
            "replace(source_uri, '/0.mp4', '/' || i || '.mp4')",
            "planned_at",
            "strftime('%Y-%m-%dT%H:%M:%fZ', planned_at, '+' || i || ' seconds')");
    for (String table : List.of("import_videos", "import_jobs")) {
      List<String> columns = query("SELECT name FROM pragma_table_info('" + table + "')");
      execute(
          "WITH RECURSIVE copies(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copies WHERE i < "
              + (batches - 1)
              + ") INSERT INTO "
              + table
              + " ("
              + String.join(", ", columns)
              + ") SELECT "
              + columns.stream()
                  .map(name -> changed.getOrDefault(name, name))
                  .collect(joining(", "))
              + " FROM "
              + table
              + ", copies WHERE batch_id = '"
              + one.getBatchId()
              + "'");
    }
  }

  /** The same as a stream does, whose lane is at work. */
  ImportBatch planLater(String bucket, int first, int items) {
    ImportBatch batch = plan(bucket, first, items);
    if (url == null) {
      BigQueryModel.arrives(store, JobStatus.planned(batch, rules.runId(), clock.instant()));
      return batch;
    }
    execute(
        "INSERT INTO import_arrivals (run_id, batch_id) VALUES ('"
            + rules.runId()
            + "', '"
            + batch.getBatchId()
            + "')");
    return batch;
  }

  private ImportBatch plan(ImportBatch batch) {
    TrackedBatch planned =
        TrackedBatch.of(batch, JobStatus.planned(batch, rules.runId(), clock.instant()));
    store.recordVideos(planned.plannedRows());
    store.recordJob(planned.getJob());
    return batch;
  }

  /** Plans anew what a pipeline would: what has failed and may be tried again. */
  void planAgain(int maxAttempts) {
    List<VideoStatus> failed =
        store.openDestinations().stream()
            .flatMap(destination -> store.videos(destination, uris()).stream())
            .filter(row -> row.getState().isFailure() && row.getAttempt() < maxAttempts)
            .filter(row -> !isOpen(row.getBatchId()))
            .toList();
    for (VideoStatus row : failed) {
      ImportItem item =
          ImportItem.of(row.getSourceUri(), Map.of(), row.getManifest(), row.getLine());
      plan(ImportBatch.of(target(row.getBucket()), List.of(item), row.getAttempt() + 1));
    }
  }

  private List<String> uris() {
    return query("SELECT source_uri FROM import_videos");
  }

  private boolean isOpen(String batchId) {
    return store.videosOf(batchId).stream().anyMatch(row -> !row.getState().isFinal());
  }

  /** Begins a run, which takes the place of the one before. */
  ImportLane begin(LaneRules like) {
    String runId = runs + ++begun;
    rules =
        new LaneRules(
            runId,
            like.requestsAtOnce(),
            like.pageSize(),
            like.rowsAPage(),
            like.canary(),
            like.failureThreshold(),
            like.maxAttempts(),
            like.onUnknown(),
            like.awaitTimeout(),
            like.patience(),
            like.isEndless());
    destinations.forEach(this::acquire);
    return beginAgain();
  }

  /** Has runs take another destination, too. */
  void lease(String destination) {
    destinations.add(destination);
  }

  /** Has the run that has begun take another destination. */
  void leaseNow(String destination) {
    acquire(destination);
  }

  private void acquire(String destination) {
    store
        .leases()
        .acquire(new LeaseClaim(destination, rules.runId(), DEAD, Lease.Kind.BATCH), A_WHILE);
  }

  /** Begins the lane of the same run once more, as if the one before were no more. */
  ImportLane beginAgain() {
    lane = new ImportLane(rules, watched(tables()), laneApi(), intents, this::send, clock);
    lane.open(intent -> offTheWireAt.apply(intent));
    return lane;
  }

  private LaneStore tables() {
    LaneStore any = store.lane();
    return isHeld
        ? any.heldBy(any.lease().take(rules.runId(), "here", A_WHILE).orElseThrow().epoch())
        : any;
  }

  private LaneStore watched(LaneStore tables) {
    return (LaneStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {LaneStore.class},
            (proxy, method, arguments) -> call(tables, method, arguments));
  }

  private Object call(LaneStore tables, Method method, Object[] arguments)
      throws IllegalAccessException {
    boolean isKilled = callsUntilKilled-- == 0;
    if (isKilled && clock.instant().toEpochMilli() % 2 == 0) {
      throw new Killed();
    }
    try {
      boolean wasTaken =
          !isHeld
              && method.getName().equals("intend")
              && isTaken(((JobStatus) arguments[0]).getBatchId());
      isInCall = true;
      Object result = method.invoke(tables, arguments);
      calls++;
      rowsRead += result instanceof Collection<?> rows ? rows.size() : 0;
      if (wasTaken && ((Optional<?>) result).isPresent()) {
        sentKnowingly++;
      }
      if (isKilled) {
        throw new Killed();
      }
      return result;
    } catch (InvocationTargetException e) {
      Throwables.throwIfInstanceOf(Throwables.getRootCause(e), Killed.class);
      throw (RuntimeException) e.getCause();
    } finally {
      isInCall = false;
    }
  }

  private boolean isTaken(String batchId) {
    return store.job(batchId).map(JobStatus::getSubmittedAt).isPresent();
  }

  private void send(Runnable request) {
    sent++;
    wire.add(request);
  }

  private LaneApi laneApi() {
    return new LaneApi() {
      @Override
      public NomadicApi client() {
        return api;
      }

      @Override
      public Instant nextRequestAt(Instant now, int before) {
        return quotaAt.isAfter(now) ? quotaAt : now;
      }

      @Override
      public long requestsSent() {
        return sent;
      }

      @Override
      public Duration quotaPatience() {
        return Duration.ofMinutes(15);
      }
    };
  }

  /** Takes steps, answers and waits in turn until the lane's end. */
  Ending runToTheEnd() {
    for (int steps = 0; steps < 100_000; steps++) {
      Step step = lane.step(clock.instant());
      if (step instanceof Step.Ended ended) {
        return ended.ending();
      }
      if (wire.isEmpty()) {
        clock.moveTo(((Step.Wait) step).until());
      } else {
        wire.remove(0).run();
      }
    }
    throw new AssertionError("the lane does not end");
  }

  /** Takes a step; answers a request if there is one, and waits if there is none. */
  void takeOne() {
    Step step = lane.step(clock.instant());
    if (!wire.isEmpty()) {
      wire.remove(0).run();
    } else if (step instanceof Step.Wait wait) {
      clock.moveTo(wait.until());
    }
  }

  void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows of a query, their columns joined by {@code |}. */
  List<String> query(String sql) {
    if (url == null) {
      return BigQueryModel.query(sql).stream()
          .map(row -> row.values().stream().map(String::valueOf).collect(joining("|")))
          .toList();
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", columns));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> states() {
    return query("SELECT state, COUNT(*) FROM import_videos GROUP BY state ORDER BY state");
  }
}
