package com.nomadicml.beam.status;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * Where the status tables are kept: {@code import_videos}, {@code import_jobs}, {@code
 * import_runs}; and beside them {@code import_leases} and {@code import_account}.
 *
 * <p>Every write is an upsert by primary key, and an older row (by its {@code sequence}) never
 * replaces a newer one; so writes may be repeated, and may come in any order.
 *
 * <pre>{@code
 * StatusStore store = StatusStore.at("jdbc:sqlite:import-status.db");
 * store.createTables();
 * batches.apply("WriteAhead", store.writePlanned()).apply("Send", ...);
 * }</pre>
 */
public interface StatusStore extends Serializable {

  /** The store that {@code --statusTable} names, reached as {@link StoreAccess#DEFAULT} says. */
  static StatusStore at(String statusTable) {
    return at(statusTable, StoreAccess.DEFAULT);
  }

  /**
   * The store that {@code --statusTable} names.
   *
   * @param statusTable a {@code jdbc:sqlite:} or {@code jdbc:postgresql:} URL, or {@code
   *     bigquery:project.dataset}
   * @throws IllegalArgumentException if it is none of these
   */
  static StatusStore at(String statusTable, StoreAccess access) {
    if (statusTable.startsWith("bigquery:")) {
      return BigQueryStatusStore.at(statusTable, access);
    }
    if (statusTable.startsWith("jdbc:")) {
      return JdbcStatusStore.at(statusTable, access);
    }
    throw new IllegalArgumentException(
        "status table "
            + MaskedUrl.of(statusTable)
            + " is none of jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE and"
            + " bigquery:PROJECT.DATASET");
  }

  /** Where the tables are, for people; never holds a password. */
  String describe();

  /** Lets go of what this process keeps open of the tables; it is opened anew when it is needed. */
  default void letGo() {}

  /** Whether the tables are there; nothing is created, not even an empty file. */
  boolean hasTables();

  /**
   * Checks what can be told without a connection; a database has the last word.
   *
   * @throws IllegalArgumentException that says why the tables can be read only
   */
  default void checkWritable() {}

  /** Creates the tables that are absent, and the columns that tables of earlier versions lack. */
  void createTables();

  /** Upserts rows. The output is empty, and complete only when all rows are written. */
  PTransform<PCollection<VideoStatus>, PCollection<Void>> writeVideos();

  /** Upserts rows. The output is empty, and complete only when all rows are written. */
  PTransform<PCollection<JobStatus>, PCollection<Void>> writeJobs();

  /**
   * Writes planned batches ahead of their requests: their rows, and then their jobs, so that a
   * batch whose job is in the tables has all of its items there. Yields each once it is written.
   */
  PTransform<PCollection<TrackedBatch>, PCollection<TrackedBatch>> writePlanned();

  /** The ledger of some destinations: all their rows but the {@code REJECTED} ones. */
  PTransform<PCollection<String>, PCollection<VideoStatus>> readVideos();

  /** The ledger by key; empty where a look-up costs as much as reading all of it. */
  default Optional<LedgerByKey> ledgerByKey() {
    return Optional.empty();
  }

  /** Of the ledger of some destinations, the rows that are not uploaded. */
  PTransform<PCollection<String>, PCollection<VideoStatus>> readOpenVideos();

  /** Rows of some runs that are rejected, failed, missing or refused. */
  PTransform<PCollection<String>, PCollection<VideoStatus>> readFailures();

  /** The batches of some destinations, in whatever state. */
  PTransform<PCollection<String>, PCollection<JobStatus>> readJobs();

  /** Which runs are importing into which destinations. */
  Leases leases();

  /** Whose tables these are. */
  Accounts accounts();

  /** The tables as a lane's queue. */
  LaneStore lane();

  /** The quota that all who send requests of these tables share; empty where each has its own. */
  default Optional<QuotaLedger> quota() {
    return Optional.empty();
  }

  /** Upserts one batch, and returns when it is written. */
  void recordJob(JobStatus job);

  /** Upserts rows, and returns when they are written. */
  void recordVideos(List<VideoStatus> rows);

  /** Destinations with an item that is not uploaded. */
  List<String> openDestinations();

  /** The rows of these items that are there, in any order. */
  List<VideoStatus> videos(String destination, Collection<String> sourceUris);

  /** All rows of a batch. */
  List<VideoStatus> videosOf(String batchId);

  /** The rows of batches that are there, in any order. */
  List<JobStatus> jobs(Collection<String> batchIds);

  /** The row of a batch. */
  default Optional<JobStatus> job(String batchId) {
    return jobs(List.of(batchId)).stream().findFirst();
  }

  /** Upserts one run, and returns when it is written. */
  void recordRun(RunStatus run);

  /** The row of a run. */
  Optional<RunStatus> run(String runId);

  /** The run that was started last, if any. */
  Optional<RunStatus> lastRun();

  /** Removes what a run has left that was refused before it did anything: another is at work. */
  void forget(RunStatus refused);

  /** How far runs are; empty for tables of an earlier version, until a run has upgraded them. */
  Optional<RunNumbers> numbers();

  /** The options of all runs, each text once. */
  List<String> runOptions();

  /** Requests that all runs have spent on {@code day}, as far as they have written. */
  long requestsOn(LocalDate day);

  /** What the tables say of all items. */
  StatusReport report();

  /** What the tables say of the items that this run was the last to write. */
  StatusReport report(String runId);
}
