package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options on manifests do to a whole import. */
class ManifestOptionsTest {
  @TempDir private Path directory;

  @Test
  void theSumHoldsForAnInventory() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          inventory(
              "CSV",
              "\"fleet\",\"a+b.mp4\",\"true\",\"false\"\n"
                  + "\"fleet\",\"a+b.mp4\",\"false\",\"false\"\n"
                  + "\"fleet\",\"gone.mp4\",\"true\",\"true\"\n"
                  + "\"fleet\",\"x.log\",\"true\",\"false\"\n");

      Outcome outcome = harness.importFrom(manifest);

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(outcome.out())
          .contains(
              "4 lines read",
              "3 skipped (1 delete marker, 1 version that is not the latest,"
                  + " 1 object that is no .mp4)",
              "the sum holds");
      assertThat(harness.query("SELECT source_uri FROM import_videos"))
          .containsExactly("s3://fleet/a b.mp4");
      assertThat(harness.query("SELECT lines_read, skipped, uploaded FROM import_runs"))
          .containsExactly("4|3|1");
    }
  }

  @Test
  void theLocalCopyOfAnInventorysFolderIsTaken() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = inventory("CSV", "\"fleet\",\"a.mp4\",\"true\",\"false\"\n");
      String md5 =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("MD5").digest(Files.readAllBytes(manifest)));
      Files.writeString(manifest.resolveSibling("manifest.checksum"), md5);

      Outcome outcome = harness.importWith("--manifest=" + directory.resolve("daily") + "/");

      assertThat(outcome.err()).isEmpty();
      assertThat(harness.query("SELECT source_uri FROM import_videos"))
          .containsExactly("s3://fleet/a.mp4");
    }
  }

  @Test
  void anOlderManifestThatIsADirectoryIsNamed() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", "s3://a/b.mp4");
      for (String older : new String[] {directory.toString(), directory + "/"}) {
        Outcome outcome = harness.importFrom(manifest, "--since=" + older);

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(outcome.err()).contains("--since=" + older + " is a directory").hasLineCount(1);
      }
    }
  }

  @Test
  void aManifestAndAQueryAreOneTooMany() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome =
          harness.importFrom(harness.write("m.txt", "s3://a/b.mp4"), "--manifestQuery=SELECT 1");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err()).contains("--manifest and --manifestQuery").hasLineCount(1);
    }
  }

  @Test
  void whatNamesNoTableIsOneLine() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importWith("--manifest=bigquery:drives.videos");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err())
          .contains("bigquery:drives.videos", "bigquery:PROJECT.DATASET.TABLE")
          .hasLineCount(1);
    }
  }

  @Test
  void anInventoryInOrcEndsBeforeAnythingIsSent() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(inventory("ORC", ""));

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err()).contains("ORC", "choose CSV or Parquet").hasLineCount(1);
      assertThat(harness.stats().jobs()).isZero();
    }
  }

  @Test
  void labelsTravelToTheTable() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.csv",
              "uri,vehicle,drive",
              "s3://drive-data/a.mp4,\"truck \"\"7\"\"\",d1",
              "s3://drive-data/b.mp4,,");

      Outcome outcome = harness.importFrom(manifest, "--label=vehicle,drive");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(
              harness.query(
                  "SELECT source_uri, json_extract(labels, '$.vehicle'),"
                      + " json_extract(labels, '$.drive') FROM import_videos ORDER BY 1"))
          .containsExactly(
              "s3://drive-data/a.mp4|truck \"7\"|d1", "s3://drive-data/b.mp4|null|null");
    }
  }

  @Test
  void columnsOfAnotherMeaningAreToldAtTheEnd() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.csv",
              "uri,left,top,scope",
              "s3://drive-data/a.mp4,10,20,telescope",
              "s3://drive-data/b.mp4,11,,");
      for (String dryRun : new String[] {"--dryRun", "--dryRun=false"}) {
        Outcome outcome = harness.importFrom(manifest, dryRun);

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(outcome.out())
            .contains("1 of scope, 2 of left, 1 of top", "--columns=scope=-,left=-,top=-");
      }
      assertThat(
              harness.query("SELECT source_uri, views, destination FROM import_videos ORDER BY 1"))
          .containsExactly("s3://drive-data/a.mp4|null|user/", "s3://drive-data/b.mp4|null|user/");
      assertThat(harness.importFrom(manifest, "--columns=left=-,top=-,scope=-").out())
          .contains("2 already done")
          .doesNotContain("Ignored values");
    }
  }

  @Test
  void columnsSayWhatTheySay() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.csv",
              "path,cam_f,left,folder",
              "s3://drive-data/a.mp4,s3://drive-data/a.mp4,s3://drive-data/l.mp4,12",
              "s3://drive-data/b.mp4,rainy,,12");

      Outcome outcome = harness.importFrom(manifest, "--columns=uri=path,front=cam_f,folder=-");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(
              harness.query(
                  "SELECT state, destination, error_code FROM import_videos ORDER BY line"))
          .containsExactly("UPLOADED|user/|null", "REJECTED|user/|NOT_A_URI");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--columns=front=cam_x | no manifest has a column or property cam_x; there are uri,"
            + " vehicle",
        "--label=vehicel | no manifest has a column or property vehicel; there are uri, vehicle",
        "--columns=fornt=uri | 'fornt' means nothing here: use uri, views",
      })
  void aNameThatIsNotThereEndsBeforeAnythingIsSent(String option, String message) {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.csv", "uri,vehicle", "s3://a/b.mp4,7", "nonsense,7");
      for (String dryRun : new String[] {"--dryRun", "--dryRun=false"}) {
        Outcome outcome = harness.importFrom(manifest, option, dryRun);

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
      }
      assertThat(harness.stats().jobs()).isZero();
    }
  }

  @Test
  void whatMatchesNothingIsTold() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.csv", "uri,vehicle", "s3://a/b.mp4,");

      assertThat(harness.importFrom(manifest, "--label=vehicle", "--exclude=none").out())
          .contains("--label=vehicle matched nothing", "--exclude=none matched nothing");
      assertThat(harness.importFrom(manifest, "--include=none").out())
          .contains("--include=none matched nothing")
          .doesNotContain("--exclude=");
    }
  }

  @Test
  void anAccessPointIsABucket() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      String arn = "arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap";

      Outcome outcome = harness.importFrom(harness.write("m.txt", "s3://" + arn + "/drive/a.mp4"));

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.query("SELECT bucket, source_uri, state FROM import_videos"))
          .containsExactly(arn + "|s3://" + arn + "/drive/a.mp4|UPLOADED");
    }
  }

  @Test
  void aVersionIsToldThatTheApiTakesNone() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome =
          harness.importFrom(
              harness.write("m.csv", "fleet,a.mp4,v1"), "--manifestFormat=s3-batch-csv");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(outcome.out()).contains("1 lines name a version of their object");
    }
  }

  @Test
  void filtersAndLimitDecideWhatIsPlanned() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.txt",
              "s3://drive-data/1/a.mp4",
              "s3://drive-data/2/b.mp4",
              "s3://drive-data/2/test.mp4",
              "s3://drive-data/2/c.mp4",
              "s3://drive-data/2/d.mp4");

      Outcome outcome =
          harness.importFrom(manifest, "--include=/2/", "--exclude=test", "--limit=2");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.query("SELECT source_uri FROM import_videos ORDER BY 1"))
          .containsExactly("s3://drive-data/2/b.mp4", "s3://drive-data/2/c.mp4");
      assertThat(harness.query("SELECT lines_read, skipped, uploaded FROM import_runs"))
          .containsExactly("5|3|2");
    }
  }

  @Test
  void sinceImportsOnlyWhatIsNew() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path older = harness.write("old.txt", "s3://drive-data/a.mp4");
      Path newer = harness.write("new.txt", "s3://drive-data/a.mp4", "s3://drive-data/b.mp4");

      Outcome outcome = harness.importFrom(newer, "--since=" + older);

      assertThat(outcome.out()).contains("2 lines read", "1 skipped", "the sum holds");
      assertThat(harness.query("SELECT source_uri FROM import_videos"))
          .containsExactly("s3://drive-data/b.mp4");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--include=(, --include is no regular expression: (",
    "--exclude=[a, --exclude is no regular expression: [a",
    "--limit=-1, --limit must be at least 0",
    "--batchSize=0, --batchSize must be from 1 to 100000",
    "--batchSize=100001, --batchSize must be from 1 to 100000"
  })
  void aBadOptionIsOneLine(String option, String message) {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(harness.write("m.txt", "s3://a/b.mp4"), option);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err()).contains(message).hasLineCount(1);
    }
  }

  @Test
  void theRunKeepsWhatItsManifestWas() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

      harness.importFrom(manifest);

      assertThat(
              harness.query(
                  "SELECT json_extract(manifest_pins, '$.files'),"
                      + " json_extract(manifest_pins, '$.bytes'),"
                      + " json_extract(manifest_pins, '$.first[0].path') FROM import_runs"))
          .containsExactly("1|22|" + manifest);
    }
  }

  @Test
  void theSumHoldsForExpandedWildcards() throws Exception {
    try (BlobStoreContext context =
            ContextBuilder.newBuilder("transient")
                .credentials("id", "secret")
                .buildView(BlobStoreContext.class);
        ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      BlobStore store = context.getBlobStore();
      store.createContainerInLocation(null, "fleet");
      for (String key : new String[] {"d/1.mp4", "d/e/2.mp4", "d/notes.txt", "other.mp4"}) {
        store.putBlob("fleet", store.blobBuilder(key).payload(new byte[1]).build());
      }
      S3Proxy server =
          S3Proxy.builder()
              .blobStore(store)
              .endpoint(URI.create("http://127.0.0.1:0"))
              .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "id", "secret")
              .build();
      server.start();
      try {
        Outcome outcome =
            harness.importFrom(
                harness.write("m.txt", "s3://fleet/d/**", "s3://fleet/none/*.mp4"),
                "--expand",
                "--endpoint=http://127.0.0.1:" + server.getPort(),
                "--awsRegion=us-east-1",
                "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\","
                    + "\"accessKeyId\":\"id\",\"secretAccessKey\":\"secret\"}");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
        assertThat(outcome.out())
            .contains("2 lines read", "2 more by expanded wildcards", "the sum holds");
        assertThat(
                harness.query(
                    "SELECT lines_read, expanded, skipped, rejected, uploaded FROM import_runs"))
            .containsExactly("2|2|1|1|2");
        assertThat(harness.query("SELECT line, source_uri FROM import_videos ORDER BY 1, 2"))
            .containsExactly(
                "1|s3://fleet/d/1.mp4", "1|s3://fleet/d/e/2.mp4", "2|s3://fleet/none/*.mp4");

        Outcome denied =
            harness.importWith(
                "--manifest=s3://fleet/d/*.txt",
                "--endpoint=http://127.0.0.1:" + server.getPort(),
                "--awsRegion=us-east-1",
                "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\","
                    + "\"accessKeyId\":\"id\",\"secretAccessKey\":\"wrong\"}");
        assertThat(denied.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(denied.err().strip())
            .doesNotContain("\n")
            .contains("s3://fleet/d/*.txt", "403", "credentials");
      } finally {
        server.stop();
      }
    }
  }

  /** A copy of an S3 Inventory report, in the folders that S3 gives it. */
  private Path inventory(String format, String rows) throws IOException {
    Path data = Files.createDirectories(directory.resolve("daily/data")).resolve("0.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(data))) {
      out.write(rows.getBytes(UTF_8));
    }
    Path report = Files.createDirectories(directory.resolve("daily/2026-11-24T01-00Z"));
    return Files.writeString(
        report.resolve("manifest.json"),
        """
        {"sourceBucket":"fleet","destinationBucket":"arn:aws:s3:::reports",\
        "fileFormat":"%s","fileSchema":"Bucket, Key, IsLatest, IsDeleteMarker",\
        "files":[{"key":"fleet/daily/data/0.csv.gz"}]}
        """
            .formatted(format));
  }
}
