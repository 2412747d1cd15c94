package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** S3 Inventory reports in the layout that the vendor documents, read as {@code s3://}. */
class S3InventoryTest {
  private static final String REPORT = "inventory/fleet/daily/2026-11-24T01-00Z/";
  private static final String NO_VERSIONS = "Bucket, Key, Size, LastModifiedDate, ETag";
  private static final String VERSIONS =
      "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag";

  private S3Server server;

  @BeforeEach
  void start() throws Exception {
    server = S3Server.start("reports");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void readsTheKeysOfCsvAsS3EncodesThem() {
    put(REPORT, InventoryFixture.csv(NO_VERSIONS, hostileRows()));

    ReadLines lines = read(REPORT + "manifest.json");

    assertThat(lines.places())
        .containsExactlyInAnyOrderElementsOf(HostileKeys.lines("s3://fleet/", 1));
    assertThat(lines.rejections()).isEmpty();
    assertThat(lines.entries())
        .allSatisfy(
            entry ->
                assertThat(entry.getManifest())
                    .isEqualTo("s3://reports/inventory/fleet/daily/data/part-0.csv.gz"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws", "aws-us-gov", "aws-cn", "aws-iso-b"})
  void everyPartitionIsRead(String partition) {
    InventoryFixture report =
        InventoryFixture.csv(NO_VERSIONS, List.of(InventoryFixture.row("a.mp4")));
    put(REPORT, report);
    server.put(REPORT + "manifest.json", edited(report, "arn:aws:s3", "arn:" + partition + ":s3"));
    server.delete(REPORT + "manifest.checksum");

    assertThat(read(REPORT + "manifest.json").uris()).containsExactly("s3://fleet/a.mp4");
  }

  /** Whoever writes a manifest chooses neither the bucket nor the folder that are read. */
  @ParameterizedTest
  @ValueSource(
      strings = {"../../secret.csv.gz", "file:///etc/passwd", "x/../../y.csv.gz", "data/", ".."})
  void aDataFileThatLiesElsewhereIsRefused(String key) {
    InventoryFixture report =
        InventoryFixture.csv(NO_VERSIONS, List.of(InventoryFixture.row("a.mp4")));
    server.put(REPORT + "manifest.json", edited(report, report.dataKey(), key));

    assertThatThrownBy(() -> read(REPORT + "manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll(REPORT + "manifest.json", "'" + key + "'", "not read");
  }

  @Test
  void anotherBucketIsNotRead() {
    InventoryFixture report =
        InventoryFixture.csv(NO_VERSIONS, List.of(InventoryFixture.row("a.mp4")));
    put(REPORT, report);
    server.put(REPORT + "manifest.json", edited(report, ":::reports", ":::elsewhere"));
    server.delete(REPORT + "manifest.checksum");

    assertThat(read(REPORT + "manifest.json").entries())
        .extracting(entry -> entry.getManifest())
        .containsExactly("s3://reports/" + report.dataKey());
  }

  /** Where no copy of it lies beside the dates: a key is whole, from the bucket's root. */
  @Test
  void aDataFileInAnotherFolderOfTheReportsOwnBucketIsRead() {
    InventoryFixture report =
        InventoryFixture.csv(NO_VERSIONS, List.of(InventoryFixture.row("other.mp4")));
    server.put("elsewhere/data/other.csv.gz", report.dataFile());
    server.put(
        REPORT + "manifest.json", edited(report, report.dataKey(), "elsewhere/data/other.csv.gz"));
    server.delete(REPORT + "manifest.checksum");

    assertThat(read(REPORT + "manifest.json").uris()).containsExactly("s3://fleet/other.mp4");
  }

  @Test
  void aVersionOfABatchManifestIsCounted() {
    server.put("batch.csv", "fleet,a.mp4,v1\nfleet,b.mp4,\nfleet,c.mp4\n".getBytes(UTF_8));

    ReadLines lines =
        ReadLines.of(
            server.pipeline(),
            ReadManifests.from("s3://reports/batch.csv").withFormat(ManifestFormat.S3_BATCH_CSV));

    assertThat(lines.uris())
        .containsExactlyInAnyOrder("s3://fleet/a.mp4", "s3://fleet/b.mp4", "s3://fleet/c.mp4");
    assertThat(lines.counters()).containsEntry(ManifestMetrics.VERSIONS_DROPPED, 1L);
  }

  private static byte[] edited(InventoryFixture report, String text, String by) {
    return new String(report.manifest(), UTF_8).replace(text, by).getBytes(UTF_8);
  }

  @Test
  void aSlashMayBeEncodedOrNot() {
    put(
        REPORT,
        InventoryFixture.csv(
            NO_VERSIONS,
            List.of(
                "\"fleet\",\"a/b+c.mp4\",\"1\",\"2026-11-24T00:00:00.000Z\",\"e1\"",
                "\"fleet\",\"a%2Fb%20d.mp4\",\"1\",\"2026-11-24T00:00:00.000Z\",\"e2\"")));
    assertThat(read(REPORT + "manifest.json").uris())
        .containsExactlyInAnyOrder("s3://fleet/a/b c.mp4", "s3://fleet/a/b d.mp4");
  }

  @Test
  void whatIsNoPresentVideoIsSkippedAndCountedByReason() {
    put(
        REPORT,
        InventoryFixture.csv(
            VERSIONS,
            List.of(
                "\"fleet\",\"a.mp4\",\"v2\",\"true\",\"false\",\"9\",\"2026-11-24T00:00:00.000Z\",\"e\"",
                "\"fleet\",\"a.mp4\",\"v1\",\"false\",\"false\",\"9\",\"2026-11-23T00:00:00.000Z\",\"e\"",
                "\"fleet\",\"b.mp4\",\"v2\",\"true\",\"true\",\"\",\"2026-11-24T00:00:00.000Z\",\"\"",
                "\"fleet\",\"log.txt\",\"v1\",\"true\",\"false\",\"9\",\"2026-11-24T00:00:00.000Z\",\"e\"",
                "\"fleet\",\"log.csv\",\"v1\",\"true\",\"false\",\"9\",\"2026-11-24T00:00:00.000Z\",\"e\"",
                "\"fleet\",\"100%.mp4\",\"v1\",\"true\",\"false\",\"9\",\"2026-11-24T00:00:00.000Z\",\"e\"")));

    ReadLines lines = read(REPORT + "manifest.json");

    assertThat(lines.places()).containsExactly("1 s3://fleet/a.mp4");
    assertThat(lines.codes()).containsExactly("6 UNREADABLE_LINE");
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 6L)
        .containsEntry(SkipReason.OLD_VERSION.metric(), 1L)
        .containsEntry(SkipReason.DELETE_MARKER.metric(), 1L)
        .containsEntry(SkipReason.NOT_MP4.metric(), 2L);
  }

  @Test
  void theKeysOfParquetAreTakenAsTheyAre() {
    List<GenericRecord> rows = new ArrayList<>();
    HostileKeys.KEYS.forEach(key -> rows.add(parquetRow(key, true, false)));
    rows.add(parquetRow("old.mp4", false, false));
    rows.add(parquetRow("deleted.mp4", true, true));
    rows.add(parquetRow("log.txt", true, false));
    put(
        REPORT,
        InventoryFixture.parquet(
            WrittenFiles.parquet(PARQUET, rows, CompressionCodecName.SNAPPY, 1 << 20)));

    ReadLines lines = read(REPORT + "manifest.json");

    assertThat(lines.places())
        .containsExactlyInAnyOrderElementsOf(HostileKeys.lines("s3://fleet/", 1));
    assertThat(lines.counters())
        .containsEntry(SkipReason.OLD_VERSION.metric(), 1L)
        .containsEntry(SkipReason.DELETE_MARKER.metric(), 1L)
        .containsEntry(SkipReason.NOT_MP4.metric(), 1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet"})
  void aDataFileThatIsNotTheOneOfTheManifestIsNamed(String format) {
    InventoryFixture report =
        format.equals("csv")
            ? InventoryFixture.csv(NO_VERSIONS, hostileRows())
            : InventoryFixture.parquet(
                WrittenFiles.of("parquet", PARQUET, List.of(parquetRow("a.mp4", true, false))));
    put(REPORT, report);
    byte[] other =
        InventoryFixture.csv(NO_VERSIONS, List.of("\"fleet\",\"b.mp4\",\"1\",\"\",\"\""))
            .dataFile();
    server.put(report.dataKey(), other);

    assertThatThrownBy(() -> read(REPORT + "manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://reports/" + report.dataKey(), "MD5", report.md5());
  }

  @Test
  void aDataFileThatIsGoneIsNamed() {
    InventoryFixture report = InventoryFixture.csv(NO_VERSIONS, hostileRows());
    server.put(REPORT + "manifest.json", report.manifest());
    assertThatThrownBy(() -> read(REPORT + "manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("s3://reports/" + report.dataKey());
  }

  @Test
  void theNewestCompleteReportOfAFolderIsRead() {
    String folder = "inventory/fleet/daily/";
    put(folder + "2026-11-22T01-00Z/", one("old"));
    put(folder + "2026-11-23T01-00Z/", one("newest"));
    // A later report that is still being written, and one whose manifest was replaced.
    server.put(folder + "2026-11-25T01-00Z/manifest.json", one("unfinished").manifest());
    server.put(folder + "2026-11-24T01-00Z/manifest.json", one("replaced").manifest());
    server.put(folder + "2026-11-24T01-00Z/manifest.checksum", one("x").checksum());
    server.put(folder + "hive/dt=2026-11-25-01-00/symlink.txt", "s3://x\n".getBytes(UTF_8));

    assertThat(read(folder).uris()).containsExactly("s3://fleet/newest.mp4");
  }

  @Test
  void aFolderWithoutACompleteReportIsNamed() {
    server.put(REPORT + "manifest.json", one("unfinished").manifest());
    assertThatThrownBy(() -> read("inventory/fleet/daily/"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://reports/inventory/fleet/daily/", "manifest.checksum");
  }

  @Test
  void aManifestThatIsNotTheOneOfItsChecksumIsRefused() {
    put(REPORT, one("a"));
    server.put(REPORT + "manifest.json", one("b").manifest());
    assertThatThrownBy(() -> read(REPORT + "manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("manifest.checksum");
  }

  @Test
  void orcIsRefusedWithWhatToChooseInstead() {
    String manifest =
        new String(one("a").manifest(), UTF_8)
            .replace("\"fileFormat\":\"CSV\"", "\"fileFormat\":\"ORC\"");
    server.put(REPORT + "manifest.json", manifest.getBytes(UTF_8));
    assertThatThrownBy(() -> read(REPORT + "manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("ORC", "choose CSV or Parquet", "inventory configuration");
  }

  @Test
  void anotherManifestJsonIsReadAsJson() {
    server.put("x/manifest.json", "[\"s3://fleet/a.mp4\"]".getBytes(UTF_8));
    assertThat(read("x/manifest.json").uris()).containsExactly("s3://fleet/a.mp4");
  }

  @Test
  void aFormatThatWasSaidIsRequired() {
    server.put("x/list.json", "{\"files\":[]}".getBytes(UTF_8));
    assertThatThrownBy(
            () ->
                ReadLines.of(
                    server.pipeline(),
                    ReadManifests.from("s3://reports/x/list.json")
                        .withFormat(ManifestFormat.S3_INVENTORY)))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://reports/x/list.json", "fileSchema");
  }

  @Test
  void readsTheListOfABatchOperation() {
    List<String> rows = new ArrayList<>();
    HostileKeys.KEYS.forEach(key -> rows.add("fleet," + URLEncoder.encode(key, UTF_8)));
    rows.add("fleet,versioned.mp4,PZ9ibn9D5lP6p298B7S9_ceqx1n5EJ0p");
    rows.add("fleet,log.txt");
    server.put("batch.csv", (String.join("\n", rows) + "\n").getBytes(UTF_8));

    ReadLines lines =
        ReadLines.of(
            server.pipeline(),
            ReadManifests.from("s3://reports/batch.csv").withFormat(ManifestFormat.S3_BATCH_CSV));

    List<String> expected = new ArrayList<>(HostileKeys.lines("s3://fleet/", 1));
    expected.add((HostileKeys.KEYS.size() + 1) + " s3://fleet/versioned.mp4");
    assertThat(lines.places()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(lines.counters()).containsEntry(SkipReason.NOT_MP4.metric(), 1L);
  }

  private static final Schema PARQUET =
      SchemaBuilder.record("inventory")
          .namespace("s3")
          .fields()
          .requiredString("bucket")
          .requiredString("key")
          .optionalString("version_id")
          .optionalBoolean("is_latest")
          .optionalBoolean("is_delete_marker")
          .optionalLong("size")
          .optionalString("e_tag")
          .endRecord();

  private static GenericRecord parquetRow(String key, boolean latest, boolean deleted) {
    return new GenericRecordBuilder(PARQUET)
        .set("bucket", "fleet")
        .set("key", key)
        .set("is_latest", latest)
        .set("is_delete_marker", deleted)
        .build();
  }

  private static List<String> hostileRows() {
    return HostileKeys.KEYS.stream().map(InventoryFixture::row).toList();
  }

  private static InventoryFixture one(String name) {
    return InventoryFixture.csv(NO_VERSIONS, List.of(InventoryFixture.row(name + ".mp4")));
  }

  private void put(String folder, InventoryFixture report) {
    server.put(report.dataKey(), report.dataFile());
    server.put(folder + "manifest.json", report.manifest());
    server.put(folder + "manifest.checksum", report.checksum());
  }

  private ReadLines read(String key) {
    return ReadLines.of(server.pipeline(), ReadManifests.from("s3://reports/" + key));
  }
}
