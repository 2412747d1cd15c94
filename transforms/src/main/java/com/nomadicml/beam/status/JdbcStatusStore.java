package com.nomadicml.beam.status;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/** The status tables in SQLite or PostgreSQL. */
record JdbcStatusStore(JdbcDatabase database) implements StatusStore {
  private static final String OPEN_STATES = "('PLANNED', 'SUBMITTED', 'SUBMIT_UNKNOWN')";
  private static final String NOT_UPLOADED = "state NOT IN ('UPLOADED', 'REJECTED')";

  /** What a run has written when it has taken no lease yet. */
  private static final List<String> OF_A_RUN =
      List.of("import_runs", "import_requests", "import_counts", "import_events");

  static JdbcStatusStore at(String url, StoreAccess access) {
    return new JdbcStatusStore(JdbcDatabase.at(url, access));
  }

  @Override
  public String describe() {
    return database.toString();
  }

  @Override
  public void letGo() {
    database.letGo();
  }

  @Override
  public boolean hasTables() {
    return JdbcSchema.exists(database, VideoTable.VIDEOS);
  }

  @Override
  public void checkWritable() {
    database.checkWritable();
  }

  @Override
  public void createTables() {
    JdbcSchema.create(database);
  }

  @Override
  public PTransform<PCollection<VideoStatus>, PCollection<Void>> writeVideos() {
    return new JdbcWrite<>(new JdbcUpsert<>(database, VideoTable.VIDEOS));
  }

  @Override
  public PTransform<PCollection<JobStatus>, PCollection<Void>> writeJobs() {
    return new JdbcWrite<>(new JdbcUpsert<>(database, JobTable.JOBS));
  }

  @Override
  public PTransform<PCollection<TrackedBatch>, PCollection<TrackedBatch>> writePlanned() {
    return new JdbcWritePlanned(database);
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readVideos() {
    return ledger().readAll();
  }

  @Override
  public Optional<LedgerByKey> ledgerByKey() {
    return Optional.of(ledger());
  }

  private JdbcLedger ledger() {
    return new JdbcLedger(database);
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readOpenVideos() {
    return new JdbcRead<>(
        query("SELECT * FROM import_videos WHERE destination = ? AND " + NOT_UPLOADED),
        VideoTable.VIDEOS,
        destination -> List.of(StorableText.key(destination)));
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readFailures() {
    return new JdbcRead<>(
        query(
            "SELECT * FROM import_videos WHERE run_id = ?"
                + " AND state IN ('REJECTED', 'UPLOADING_FAILED', 'MISSING', 'REFUSED')"),
        VideoTable.VIDEOS,
        runId -> List.of(StorableText.of(runId)));
  }

  @Override
  public PTransform<PCollection<String>, PCollection<JobStatus>> readJobs() {
    return ledger().readJobs();
  }

  @Override
  public Leases leases() {
    return new JdbcLeases(database);
  }

  @Override
  public Accounts accounts() {
    return new JdbcAccounts(database);
  }

  @Override
  public LaneStore lane() {
    return new JdbcLaneStore(database, null);
  }

  @Override
  public Optional<QuotaLedger> quota() {
    return Optional.of(new JdbcQuotaLedger(database));
  }

  @Override
  public void recordJob(JobStatus job) {
    new JdbcUpsert<>(database, JobTable.JOBS).write(List.of(job));
  }

  @Override
  public void recordVideos(List<VideoStatus> rows) {
    new JdbcUpsert<>(database, VideoTable.VIDEOS).write(rows);
  }

  @Override
  public List<String> openDestinations() {
    return query("SELECT DISTINCT destination FROM import_videos WHERE " + NOT_UPLOADED)
        .list(row -> row.getString("destination"), List.of());
  }

  @Override
  public List<VideoStatus> videos(String destination, Collection<String> sourceUris) {
    return ledger().videos(destination, sourceUris);
  }

  @Override
  public List<VideoStatus> videosOf(String batchId) {
    return query("SELECT * FROM import_videos WHERE batch_id = ?")
        .list(database.dialect().rows(VideoTable.VIDEOS), List.of(batchId));
  }

  @Override
  public List<JobStatus> jobs(Collection<String> batchIds) {
    return ledger().jobs(batchIds);
  }

  @Override
  public void recordRun(RunStatus run) {
    new JdbcUpsert<>(database, RunTable.RUNS).write(List.of(run));
    if (run.getState() != RunState.RUNNING && database.dialect() == JdbcDialect.SQLITE) {
      foldLog();
    }
  }

  /** Folds the write-ahead log into the file, so that a copy of the file alone holds all. */
  private void foldLog() {
    query("PRAGMA wal_checkpoint(TRUNCATE)").list(row -> row.getInt("busy"), List.of());
  }

  @Override
  public Optional<RunStatus> run(String runId) {
    return run("WHERE run_id = ?", List.of(runId));
  }

  @Override
  public Optional<RunStatus> lastRun() {
    return run("ORDER BY started_at DESC LIMIT 1", List.of());
  }

  private Optional<RunStatus> run(String which, List<String> parameters) {
    return query("SELECT * FROM import_runs " + which)
        .list(database.dialect().rows(RunTable.RUNS), parameters)
        .stream()
        .findFirst();
  }

  @Override
  public void forget(RunStatus refused) {
    new JdbcTransaction(database)
        .run(
            "forget a run that was refused",
            connection -> {
              JdbcStatements statements = new JdbcStatements(database, connection);
              for (String table : OF_A_RUN) {
                statements.execute(
                    "DELETE FROM " + table + " WHERE run_id = ?", refused.getRunId());
              }
            });
  }

  /** Tables of an earlier version do not tell it until a run has upgraded them. */
  @Override
  public Optional<RunNumbers> numbers() {
    return new JdbcQuotaLedger(database).isThere()
        ? Optional.of(new JdbcRunNumbers(database))
        : Optional.empty();
  }

  @Override
  public List<String> runOptions() {
    return query("SELECT DISTINCT options FROM import_runs")
        .list(row -> row.getString("options"), List.of());
  }

  @Override
  public long requestsOn(LocalDate day) {
    return query(
            "SELECT COALESCE(SUM(requests_on_day), 0) AS requests FROM import_runs"
                + " WHERE quota_day = ?")
        .list(row -> row.getLong("requests"), List.of(day.toString()))
        .get(0);
  }

  @Override
  public StatusReport report() {
    return report("", List.of());
  }

  @Override
  public StatusReport report(String runId) {
    return report(" AND run_id = ?", List.of(runId));
  }

  private StatusReport report(String filter, List<String> parameters) {
    List<Tally> tallies =
        query(
                "SELECT provider, bucket, state, error_code, COUNT(*) AS items,"
                    + " SUM(CASE WHEN attempt > 1 THEN 1 ELSE 0 END) AS tried_again"
                    + " FROM import_videos WHERE 1 = 1"
                    + filter
                    + " GROUP BY provider, bucket, state, error_code")
            .list(row -> tally(row, null), parameters);
    List<Tally> reasons =
        query(
                "SELECT * FROM (SELECT provider, bucket, state, error_code, error_message,"
                    + " COUNT(*) AS items,"
                    + " SUM(CASE WHEN attempt > 1 THEN 1 ELSE 0 END) AS tried_again,"
                    + " ROW_NUMBER() OVER (PARTITION BY state ORDER BY COUNT(*) DESC) AS place"
                    + " FROM import_videos WHERE error_code IS NOT NULL"
                    + filter
                    + " GROUP BY provider, bucket, state, error_code, error_message) AS reasons"
                    + " WHERE place <= "
                    + StatusReport.MAX_REASONS
                    + " ORDER BY items DESC, bucket, error_code, error_message")
            .list(row -> tally(row, row.getString("error_message")), parameters);
    List<JobStatus> openJobs =
        query(
                "SELECT * FROM import_jobs WHERE state IN "
                    + OPEN_STATES
                    + filter
                    + " ORDER BY planned_at, batch_id")
            .list(database.dialect().rows(JobTable.JOBS), parameters);
    return StatusReport.of(tallies, reasons, openJobs);
  }

  private static Tally tally(ResultSet row, @Nullable String errorMessage) throws SQLException {
    return Tally.of(
        row.getString("provider"),
        row.getString("bucket"),
        VideoState.valueOf(row.getString("state")),
        row.getString("error_code"),
        errorMessage,
        row.getLong("items"),
        row.getLong("tried_again"));
  }

  private JdbcQuery query(String sql) {
    return new JdbcQuery(database, sql);
  }
}
