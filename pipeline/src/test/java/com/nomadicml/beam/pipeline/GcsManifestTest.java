package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests and videos in {@code gs://}, through Beam's own client. */
class GcsManifestTest {
  @TempDir private Path directory;
  private ImportHarness harness;
  private GcsServer gcs;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
    gcs = GcsServer.start("fleet-recordings");
  }

  @AfterEach
  void stop() {
    gcs.close();
    harness.close();
  }

  @Test
  void aManifestInABucketIsImported() throws SQLException {
    gcs.put("lists/may 1+2.csv", "uri\ns3://drive-data/a.mp4\ns3://drive-data/b.mp4\n");

    Outcome outcome = importWith("--manifest=gs://fleet-recordings/lists/may 1+2.csv");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(harness.query("SELECT manifest, line, source_uri FROM import_videos ORDER BY line"))
        .containsExactly(
            "gs://fleet-recordings/lists/may 1+2.csv|2|s3://drive-data/a.mp4",
            "gs://fleet-recordings/lists/may 1+2.csv|3|s3://drive-data/b.mp4");
    assertThat(
            harness.query(
                "SELECT json_extract(manifest_pins, '$.first[0].generation') FROM import_runs"))
        .containsExactly("1764000000000001");
  }

  @Test
  void aPatternTakesEveryManifestThatMatches() throws SQLException {
    gcs.put("lists/1.txt", "s3://drive-data/a.mp4\n");
    gcs.put("lists/2.txt", "s3://drive-data/b.mp4\n");
    gcs.put("lists/old/3.txt", "s3://drive-data/c.mp4\n");

    Outcome outcome = importWith("--manifest=gs://fleet-recordings/lists/*.txt");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(harness.query("SELECT source_uri FROM import_videos ORDER BY 1"))
        .containsExactly("s3://drive-data/a.mp4", "s3://drive-data/b.mp4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[b].txt", "a*.txt", "a?.txt", "a,b.txt", "{b}[c].txt"})
  void anObjectIsTakenByItsOwnName(String name) throws SQLException {
    gcs.put("odd/" + name, "s3://drive-data/right.mp4\n");
    gcs.put("odd/b.txt", "s3://drive-data/b.mp4\n");
    gcs.put("odd/a1.txt", "s3://drive-data/a1.mp4\n");

    Outcome named = importWith("--manifest=gs://fleet-recordings/odd/" + name);

    assertThat(named.err()).isEmpty();
    assertThat(named.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(harness.query("SELECT source_uri FROM import_videos"))
        .containsExactly("s3://drive-data/right.mp4");
    assertThat(importWith("--manifest=gs://fleet-recordings/odd/*.txt").err()).isEmpty();
    assertThat(harness.query("SELECT COUNT(*) FROM import_videos")).containsExactly("3");
  }

  @Test
  void aManifestThatIsNotThereIsOneLine() {
    Outcome outcome = importWith("--manifest=gs://fleet-recordings/lists/none.csv");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains("gs://fleet-recordings/lists/none.csv").hasLineCount(1);
  }

  @Test
  void wildcardLinesAreExpandedByListingTheBucket() throws SQLException {
    gcs.put("m.txt", "gs://fleet-recordings/d/**.mp4\n");
    gcs.put("d/1.mp4", "x");
    gcs.put("d/e/2.mp4", "x");
    gcs.put("d/notes.txt", "x");

    Outcome outcome = importWith("--manifest=gs://fleet-recordings/m.txt", "--expand");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("1 more by expanded wildcards", "the sum holds");
    assertThat(harness.query("SELECT source_uri FROM import_videos ORDER BY 1"))
        .containsExactly("gs://fleet-recordings/d/1.mp4", "gs://fleet-recordings/d/e/2.mp4");
  }

  private Outcome importWith(String... options) {
    return harness.importWith(
        Stream.concat(Arrays.stream(options), Arrays.stream(gcs.options())).toArray(String[]::new));
  }
}
