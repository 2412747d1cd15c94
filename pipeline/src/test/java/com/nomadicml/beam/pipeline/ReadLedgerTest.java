package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.model.ManifestEntry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run reads of the tables follows what it is about to import, not what was imported. */
class ReadLedgerTest {
  private static final int KNOWN = 3_000;

  @TempDir private Path directory;

  @Test
  void aSmallManifestReadsWhatItNamesOfALargeLedger() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      importAll(harness);

      reads(harness, 40, 0, 0, 30);
      reads(harness, KNOWN, KNOWN, number(harness, "import_jobs"), 0);
    }
  }

  /** The sum of a run holds whichever way the ledger was read. */
  @Test
  void aSmallManifestLeavesWhatIsDoneAloneAndAwaitsWhatIsOpen() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      importAll(harness);
      // As a run that was killed has left it.
      String batch = "batch_id = (SELECT MIN(batch_id) FROM import_jobs WHERE requested > 500)";
      harness.execute(
          "UPDATE import_videos SET state = 'SUBMITTED', video_id = NULL WHERE " + batch);
      harness.execute(
          "UPDATE import_jobs SET state = 'SUBMITTED', completed_at = NULL WHERE " + batch);
      reads(harness, 40, number(harness, "import_videos WHERE " + batch), 1, 30);

      ImportHarness.Outcome nightly = harness.importFrom(manifest(harness, KNOWN - 30, KNOWN + 10));

      assertThat(nightly.exitCode()).as(nightly.err()).isZero();
      assertThat(harness.states()).containsExactly("UPLOADED|" + (KNOWN + 10));
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  private static void importAll(ImportHarness harness) throws SQLException {
    assertThat(harness.importFrom(manifest(harness, 0, KNOWN)).exitCode()).isZero();
    assertThat(harness.states()).containsExactly("UPLOADED|" + KNOWN);
  }

  private static long number(ImportHarness harness, String rows) throws SQLException {
    return Long.parseLong(harness.query("SELECT COUNT(*) FROM " + rows).get(0));
  }

  private static Path manifest(ImportHarness harness, int from, int to) {
    return harness.write(
        "manifest-" + from + ".txt",
        IntStream.range(from, to).mapToObj(ReadLedgerTest::uri).toArray(String[]::new));
  }

  private static String uri(int number) {
    return "s3://drive-data/" + number + ".mp4";
  }

  /** How many rows and jobs are read, and how many rows are looked up, for the last entries. */
  private static void reads(
      ImportHarness harness, int entries, long rows, long jobs, long lookedUp) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    ImportSettings settings = ImportSettings.of(harness.options("--manifest=m.txt"), "run-2");
    PCollectionTuple ledger =
        pipeline
            .apply(
                Create.of(
                    IntStream.range(0, entries)
                        .mapToObj(i -> entry(KNOWN + 10 - entries + i))
                        .toList()))
            .apply("ReadLedger", ReadLedger.asItIs(settings));
    isOfSize("Rows", ledger.get(ResumeBatches.ROWS), rows);
    isOfSize("Jobs", ledger.get(ResumeBatches.JOBS), jobs);
    isOfSize("LookedUp", ledger.get(ResumeBatches.LOOKED_UP), lookedUp);
    pipeline.run().waitUntilFinish();
  }

  private static void isOfSize(String name, PCollection<?> collection, long size) {
    PAssert.thatSingleton(name, collection.apply("Count" + name, Count.globally())).isEqualTo(size);
  }

  private static ManifestEntry entry(int number) {
    return ManifestEntry.builder()
        .setManifest("m.txt")
        .setLine(number + 1)
        .setSourceUri(uri(number))
        .setScope("user")
        .build();
  }
}
