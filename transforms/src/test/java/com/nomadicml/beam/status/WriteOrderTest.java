package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.job;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Lists;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Writes may come in any order, any number of times, alone or together: the newest row of each key
 * is what stays.
 */
final class WriteOrderTest {

  private static Path file;
  private static JdbcStatusStore store;

  @BeforeContainer
  static void create() throws IOException {
    file = Files.createTempFile("write-order", ".db");
    store = JdbcStatusStore.at("jdbc:sqlite:" + file, StoreAccess.DEFAULT);
    store.createTables();
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 60)
  void theNewestRowOfAnItemStays(
      @ForAll("videos") List<VideoStatus> writes, @ForAll @IntRange(min = 1, max = 8) int cut) {
    String destination = "user/" + UUID.randomUUID();
    List<VideoStatus> rows =
        writes.stream().map(row -> row.toBuilder().setDestination(destination).build()).toList();
    Lists.partition(rows, cut).forEach(store::recordVideos);

    assertThat(stored(VideoTable.VIDEOS, "destination", destination))
        .containsExactlyInAnyOrderElementsOf(newest(rows, VideoStatus::getSourceUri));
  }

  @Property(tries = 60)
  void theNewestRowOfABatchStays(
      @ForAll("jobs") List<JobStatus> writes, @ForAll @IntRange(min = 1, max = 8) int cut) {
    String runId = "run-" + UUID.randomUUID();
    List<JobStatus> rows =
        writes.stream()
            .map(
                row -> row.toBuilder().setRunId(runId).setBatchId(runId + row.getBatchId()).build())
            .toList();
    JdbcUpsert<JobStatus> upsert = new JdbcUpsert<>(store.database(), JobTable.JOBS);
    Lists.partition(rows, cut).forEach(upsert::write);

    assertThat(stored(JobTable.JOBS, "run_id", runId))
        .containsExactlyInAnyOrderElementsOf(newest(rows, JobStatus::getBatchId));
  }

  @Property(tries = 30)
  void aBatchThatIsJournaledRowByRowEndsTheSame(@ForAll("jobs") List<JobStatus> writes) {
    String runId = "run-" + UUID.randomUUID();
    List<JobStatus> rows =
        writes.stream()
            .map(
                row -> row.toBuilder().setRunId(runId).setBatchId(runId + row.getBatchId()).build())
            .toList();
    rows.forEach(store::recordJob);

    assertThat(stored(JobTable.JOBS, "run_id", runId))
        .containsExactlyInAnyOrderElementsOf(newest(rows, JobStatus::getBatchId));
  }

  /** Writes to three items; what a row holds follows from its place in the order. */
  @Provide
  Arbitrary<List<VideoStatus>> videos() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(
                VideoState.PENDING,
                VideoState.SUBMIT_UNKNOWN,
                VideoState.SUBMITTED,
                VideoState.UPLOADED),
            Arbitraries.integers().between(0, 5))
        .as(
            (item, attempt, state, millis) ->
                StatusRows.video("d", "gs://fleet/" + item + ".mp4")
                    .setAttempt(attempt)
                    .setLine(millis)
                    .inState(state, AT.plusMillis(millis)))
        .list()
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<List<JobStatus>> jobs() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(
                JobState.PLANNED, JobState.SUBMIT_UNKNOWN, JobState.SUBMITTED, JobState.COMPLETED),
            Arbitraries.integers().between(0, 5))
        .as(
            (batch, attempt, state, millis) ->
                job("b" + batch, "f")
                    .setAttempt(attempt)
                    .setUnknownSubmits(millis)
                    .inState(state, AT.plusMillis(millis)))
        .list()
        .ofMaxSize(40);
  }

  private static <T> Collection<T> newest(List<T> rows, Function<T, String> key) {
    ToLongFunction<T> sequence =
        row -> row instanceof JobStatus job ? job.getSequence() : ((VideoStatus) row).getSequence();
    return rows.stream()
        .collect(
            Collectors.toMap(
                key, row -> row, BinaryOperator.maxBy(Comparator.comparingLong(sequence))))
        .values();
  }

  private static <T> List<T> stored(StatusTable<T> table, String column, String value) {
    return new JdbcQuery(
            store.database(), "SELECT * FROM " + table.name() + " WHERE " + column + " = ?")
        .list(row -> JdbcDialect.SQLITE.rows(table).map(row), List.of(value));
  }
}
