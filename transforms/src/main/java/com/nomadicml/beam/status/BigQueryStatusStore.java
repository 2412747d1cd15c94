package com.nomadicml.beam.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.ViewDefinition;
import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.DatasetService;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/** The status tables in a BigQuery dataset, which must exist. */
record BigQueryStatusStore(
    String project,
    String dataset,
    BigQueryServices services,
    BigQueryQueries queries,
    BigQueryRetry retry)
    implements StatusStore {
  /** A project may belong to a domain: {@code example.com:project}. */
  private static final Pattern NAME =
      Pattern.compile("bigquery:((?:[a-z0-9.-]+:)?[a-z0-9-]+)\\.([A-Za-z0-9_]+)");

  private static final Pattern TABLE =
      Pattern.compile(
          "\\bimport_(videos|items|jobs|runs|leases|intents|cursors|counts|requests|lanes|outcomes"
              + "|arrivals|limits|events)\\b");

  private static final String NOT_UPLOADED = "state NOT IN ('UPLOADED', 'REJECTED')";

  private static final String OPEN = "state IN ('PLANNED', 'SUBMITTED', 'SUBMIT_UNKNOWN')";

  /** BigQuery sorts texts by their bytes. */
  private static final Comparator<String> AS_SORTED =
      Comparator.comparing(text -> text.getBytes(UTF_8), Arrays::compareUnsigned);

  static BigQueryStatusStore at(String statusTable, StoreAccess access) {
    Matcher matcher = NAME.matcher(statusTable);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "status table " + MaskedUrl.of(statusTable) + " is not bigquery:PROJECT.DATASET");
    }
    return new BigQueryStatusStore(
        matcher.group(1),
        matcher.group(2),
        new BigQueryClients(access.clients()),
        new RepeatedQueries(
            new HttpBigQueryQueries(unused -> BigQueryClients.rest(access.clients()))),
        BigQueryRetry.of(statusTable, access.patience()));
  }

  @Override
  public String describe() {
    return "bigquery:" + project + "." + dataset;
  }

  @Override
  public boolean hasTables() {
    if (services instanceof BigQueryClients clients) {
      clients.check(leaseTable().reference());
    }
    // The last to be created: with it, all are there.
    return has(leaseTable());
  }

  boolean has(BigQueryTable<?> table) {
    return withService("look for tables", service -> service.getTable(table.reference()) != null);
  }

  @Override
  public void createTables() {
    withService(
        "create tables",
        service -> {
          for (BigQueryTable<?> table : tables()) {
            Table present = service.getTable(table.reference());
            if (present == null) {
              service.createTable(table.definition());
            } else {
              table.missing(present).forEach(sql -> query(sql, Map.of()));
            }
          }
          for (StatusView view : StatusView.ALL) {
            create(view, service);
          }
          return null;
        });
  }

  private void create(StatusView view, DatasetService service)
      throws IOException, InterruptedException {
    TableReference reference =
        new TableReference().setProjectId(project).setDatasetId(dataset).setTableId(view.name());
    String query = quoted(view.query());
    Table present = service.getTable(reference);
    boolean isOurs = present == null || present.getView() != null;
    if (isOurs && (present == null || !query.equals(present.getView().getQuery()))) {
      if (present != null) {
        service.deleteTable(reference);
      }
      ViewDefinition definition = new ViewDefinition().setQuery(query).setUseLegacySql(false);
      service.createTable(new Table().setTableReference(reference).setView(definition));
    }
  }

  /** All tables, the one last that shows that all are there. */
  List<BigQueryTable<?>> tables() {
    List<BigQueryTable<?>> tables = new ArrayList<>(List.of(videos(), items(), jobs(), runs()));
    LaneTables.all().forEach(table -> tables.add(laneTable(table.name())));
    tables.addAll(List.of(accountTable(), leaseTable()));
    return tables;
  }

  private interface ServiceCall<T> {
    T on(DatasetService service) throws IOException, InterruptedException;
  }

  private <T> T withService(String action, ServiceCall<T> call) {
    return patiently(
        action,
        () -> {
          try (DatasetService service = services.getDatasetService(BigQueryClients.options())) {
            return call.on(service);
          }
        });
  }

  private <T> T patiently(String action, BigQueryRetry.Action<T> call) {
    try {
      return retry.run(action, call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusStoreException("interrupted: could not " + action + " at " + describe(), e);
    } catch (StatusStoreException e) {
      throw e;
    } catch (Exception e) { // what AutoCloseable is declared to throw
      throw new StatusStoreException("could not " + action + " at " + describe(), e);
    }
  }

  @Override
  public PTransform<PCollection<VideoStatus>, PCollection<Void>> writeVideos() {
    return new BigQueryWrite<>(videos(), services);
  }

  @Override
  public PTransform<PCollection<JobStatus>, PCollection<Void>> writeJobs() {
    return new BigQueryWrite<>(jobs(), services);
  }

  @Override
  public PTransform<PCollection<TrackedBatch>, PCollection<TrackedBatch>> writePlanned() {
    return new BigQueryWritePlanned(this);
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readVideos() {
    return readVideos("state <> 'REJECTED'");
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readOpenVideos() {
    return readVideos(NOT_UPLOADED);
  }

  private PTransform<PCollection<String>, PCollection<VideoStatus>> readVideos(String filter) {
    return new BigQueryRead<>(videos(), filter, VideoStatus::getDestination, services);
  }

  @Override
  public PTransform<PCollection<String>, PCollection<JobStatus>> readJobs() {
    return new BigQueryRead<>(jobs(), "TRUE", job -> job.getTarget().destination(), services);
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readFailures() {
    return new BigQueryRead<>(
        videos(),
        "state IN ('REJECTED', 'UPLOADING_FAILED', 'MISSING', 'REFUSED')",
        VideoStatus::getRunId,
        services);
  }

  @Override
  public Leases leases() {
    return new BigQueryLeases(this);
  }

  @Override
  public Accounts accounts() {
    return new BigQueryAccounts(this, accountTable());
  }

  @Override
  public void recordJob(JobStatus job) {
    append(appends -> appends.upsert(jobs(), List.of(job)));
  }

  @Override
  public void recordVideos(List<VideoStatus> rows) {
    append(appends -> write(appends, rows));
  }

  @Override
  public List<String> openDestinations() {
    String sql = "SELECT DISTINCT destination FROM " + videos().quoted() + " WHERE " + NOT_UPLOADED;
    return query(sql, Map.of()).stream().map(row -> (String) row.get("destination")).toList();
  }

  @Override
  public List<VideoStatus> videos(String destination, Collection<String> sourceUris) {
    if (sourceUris.isEmpty()) {
      return List.of();
    }
    // From the first to the last: of a table that is clustered by URI, no more is read than that.
    String sql =
        videos().select()
            + " WHERE destination = @destination AND source_uri BETWEEN @first AND @last"
            + " AND source_uri IN UNNEST(JSON_VALUE_ARRAY(PARSE_JSON(@source_uris)))";
    List<String> keys = sourceUris.stream().map(StorableText::key).toList();
    Map<String, String> parameters =
        Map.of(
            "destination", StorableText.key(destination),
            "first", Collections.min(keys, AS_SORTED),
            "last", Collections.max(keys, AS_SORTED),
            "source_uris", TextsJson.write(keys));
    return query(sql, parameters).stream().map(videos()::fromRow).toList();
  }

  @Override
  public List<VideoStatus> videosOf(String batchId) {
    String sql = videos().select() + " WHERE batch_id = @batch_id";
    return query(sql, Map.of("batch_id", batchId)).stream().map(videos()::fromRow).toList();
  }

  @Override
  public List<JobStatus> jobs(Collection<String> batchIds) {
    String sql =
        jobs().select() + " WHERE batch_id IN UNNEST(JSON_VALUE_ARRAY(PARSE_JSON(@batch_ids)))";
    return query(sql, Map.of("batch_ids", TextsJson.write(batchIds))).stream()
        .map(jobs()::fromRow)
        .toList();
  }

  @Override
  public void recordRun(RunStatus run) {
    append(appends -> appends.upsert(runs(), List.of(run)));
  }

  @Override
  public Optional<RunStatus> run(String runId) {
    String sql = runs().select() + " WHERE run_id = @run_id";
    return query(sql, Map.of("run_id", runId)).stream().map(runs()::fromRow).findFirst();
  }

  @Override
  public Optional<RunStatus> lastRun() {
    String sql = runs().select() + " ORDER BY started_at DESC LIMIT 1";
    return query(sql, Map.of()).stream().map(runs()::fromRow).findFirst();
  }

  @Override
  public List<String> runOptions() {
    return query("SELECT DISTINCT options FROM " + runs().quoted(), Map.of()).stream()
        .map(row -> (String) row.get("options"))
        .toList();
  }

  @Override
  public long requestsOn(LocalDate day) {
    String sql =
        "SELECT COALESCE(SUM(requests_on_day), 0) AS requests FROM "
            + runs().quoted()
            + " WHERE quota_day = @day";
    return number(query(sql, Map.of("day", day.toString())).get(0), "requests");
  }

  @Override
  public StatusReport report() {
    return report("TRUE", Map.of());
  }

  @Override
  public StatusReport report(String runId) {
    return report("run_id = @run_id", Map.of("run_id", runId));
  }

  private StatusReport report(String filter, Map<String, String> parameters) {
    String tallies =
        "SELECT provider, bucket, state, error_code, COUNT(*) AS items,"
            + " COUNTIF(attempt > 1) AS tried_again FROM "
            + videos().quoted()
            + " WHERE "
            + filter
            + " GROUP BY provider, bucket, state, error_code";
    String reasons =
        "SELECT provider, bucket, state, error_code, error_message, COUNT(*) AS items,"
            + " COUNTIF(attempt > 1) AS tried_again FROM "
            + videos().quoted()
            + " WHERE error_code IS NOT NULL AND "
            + filter
            + " GROUP BY provider, bucket, state, error_code, error_message"
            + " QUALIFY ROW_NUMBER() OVER (PARTITION BY state ORDER BY COUNT(*) DESC) <= "
            + StatusReport.MAX_REASONS
            + " ORDER BY items DESC, bucket, error_code, error_message";
    String openJobs =
        jobs().select() + " WHERE " + OPEN + " AND " + filter + " ORDER BY planned_at, batch_id";
    return StatusReport.of(
        query(tallies, parameters).stream().map(BigQueryStatusStore::tally).toList(),
        query(reasons, parameters).stream().map(BigQueryStatusStore::tally).toList(),
        query(openJobs, parameters).stream().map(jobs()::fromRow).toList());
  }

  private static Tally tally(Map<String, Object> row) {
    return Tally.of(
        (String) row.get("provider"),
        (String) row.get("bucket"),
        VideoState.valueOf((String) row.get("state")),
        (String) row.get("error_code"),
        (String) row.get("error_message"),
        number(row, "items"),
        number(row, "tried_again"));
  }

  private static long number(Map<String, Object> row, String column) {
    return Long.parseLong((String) row.get(column));
  }

  private void append(Consumer<BigQueryAppends> write) {
    try (BigQueryAppends appends = new BigQueryAppends(this, true)) {
      write.accept(appends);
    }
  }

  /** Upserts rows, and then beside their batch: what is told there is in the ledger. */
  void write(BigQueryAppends appends, List<VideoStatus> rows) {
    appends.upsert(videos(), rows);
    appends.upsert(items(), rows.stream().filter(row -> row.getBatchId() != null).toList());
  }

  @Override
  public LaneStore lane() {
    return new BigQueryLaneStore(this, null);
  }

  /** Tables of an earlier version do not tell it until a run has upgraded them. */
  @Override
  public Optional<RunNumbers> numbers() {
    Table present = withService("look for tables", service -> service.getTable(runs().reference()));
    return has(laneTable("import_limits")) && present != null && runs().missing(present).isEmpty()
        ? Optional.of(new BigQueryRunNumbers(this))
        : Optional.empty();
  }

  @Override
  public void forget(RunStatus refused) {
    append(appends -> new BigQueryHistory(this, appends).forget(refused));
  }

  @Override
  public Optional<QuotaLedger> quota() {
    return Optional.of(new BigQueryQuotaLedger(this));
  }

  /** The same with the names of tables as a JDBC store has them. */
  List<Map<String, Object>> queryNamed(String sql, Map<String, String> parameters) {
    return query(quoted(sql), parameters);
  }

  private String quoted(String sql) {
    return TABLE.matcher(sql).replaceAll("`" + project + "." + dataset + ".$0`");
  }

  /** Asks what may be asked twice: a change is made under a condition, or is the same again. */
  List<Map<String, Object>> query(String sql, Map<String, String> parameters) {
    return patiently("ask", () -> queries.run(project, sql, parameters));
  }

  BigQueryTable<RowValues> laneTable(String name) {
    return new BigQueryTable<>(LaneTables.of(name), project, dataset);
  }

  BigQueryTable<VideoStatus> items() {
    return new BigQueryTable<>(VideoTable.ITEMS, project, dataset);
  }

  BigQueryTable<VideoStatus> videos() {
    return new BigQueryTable<>(VideoTable.VIDEOS, project, dataset);
  }

  BigQueryTable<JobStatus> jobs() {
    return new BigQueryTable<>(JobTable.JOBS, project, dataset);
  }

  private BigQueryTable<Account> accountTable() {
    return new BigQueryTable<>(AccountTable.ACCOUNTS, project, dataset);
  }

  BigQueryTable<Lease> leaseTable() {
    return new BigQueryTable<>(LeaseTable.LEASES, project, dataset);
  }

  BigQueryTable<RunStatus> runs() {
    return new BigQueryTable<>(RunTable.RUNS, project, dataset);
  }
}
