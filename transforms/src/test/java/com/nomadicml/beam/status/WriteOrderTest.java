package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.job;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Writes may come in any order, alone or together: the newest row is what stays. */
final class WriteOrderTest {
  private static final JobStatus NEWEST = row(3, JobState.SUBMITTED);

  private static Path file;
  private static JdbcStatusStore store;

  @BeforeContainer
  static void create() throws IOException {
    file = Files.createTempFile("write-order", ".db");
    store = JdbcStatusStore.at("jdbc:sqlite:" + file);
    store.createTables();
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 50)
  void oneByOne(@ForAll("shuffled") List<JobStatus> writes) {
    String batchId = "alone-" + UUID.randomUUID();
    writes.forEach(row -> store.recordJob(withId(row, batchId)));

    assertThat(stored(batchId)).containsExactly(withId(NEWEST, batchId));
  }

  @Property(tries = 50)
  void together(@ForAll("shuffled") List<JobStatus> writes) {
    String batchId = "together-" + UUID.randomUUID();
    new JdbcUpsert<>(store.database(), JobTable.JOBS)
        .write(writes.stream().map(row -> withId(row, batchId)).toList());

    assertThat(stored(batchId)).containsExactly(withId(NEWEST, batchId));
  }

  @Provide
  Arbitrary<List<JobStatus>> shuffled() {
    List<JobStatus> writes = new ArrayList<>(List.of(NEWEST, row(3, JobState.PLANNED)));
    for (JobState state : JobState.values()) {
      writes.add(row(1, state));
      writes.add(row(2, state));
    }
    return Arbitraries.shuffle(writes);
  }

  private static JobStatus row(int attempt, JobState state) {
    return job("b", "f").setAttempt(attempt).build(state, AT.plusMillis(state.rank()));
  }

  private static JobStatus withId(JobStatus row, String batchId) {
    return row.toBuilder().setBatchId(batchId).build();
  }

  private static List<JobStatus> stored(String batchId) {
    return new JdbcQuery(store.database(), "SELECT * FROM import_jobs WHERE batch_id = ?")
        .list(row -> JdbcDialect.SQLITE.read(JobTable.JOBS, row), List.of(batchId));
  }
}
