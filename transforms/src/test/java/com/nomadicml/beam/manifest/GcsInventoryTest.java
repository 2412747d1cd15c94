package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage Insights inventory reports in the layout that the vendor documents. */
class GcsInventoryTest {
  private static final String NAME = "fc95c52f_2026-11-24T01:00";
  private static final Schema SCHEMA =
      SchemaBuilder.record("object")
          .fields()
          .requiredString("bucket")
          .requiredString("name")
          .optionalString("timeDeleted")
          .endRecord();

  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start("insights");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void readsTheShardsOfCsv() {
    String first =
        "project,bucket,name,size,timeDeleted\n"
            + "1,fleet,a b+%20.mp4,9,\n"
            + "1,fleet,\"c,d \"\"e\"\".mp4\",9,\n"
            + "1,fleet,old.mp4,9,2026-11-20T00:00:00Z\n";
    String second = "project,bucket,name,size,timeDeleted\n1,fleet,日本.mp4,9,\n1,fleet,x.log,9,\n";
    put(NAME + "_0.csv", first);
    put(NAME + "_1.csv", second);
    put(
        NAME + "_manifest.json",
        manifest("\"csv_options\":{\"delimiter\":\",\",\"header_required\":true}", 2, "csv"));

    ReadLines lines = read(NAME + "_manifest.json");

    assertThat(lines.places())
        .containsExactlyInAnyOrder(
            "2 gs://fleet/a b+%20.mp4", "3 gs://fleet/c,d \"e\".mp4", "2 gs://fleet/日本.mp4");
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 5L)
        .containsEntry(SkipReason.OLD_VERSION.metric(), 1L)
        .containsEntry(SkipReason.NOT_MP4.metric(), 1L);
  }

  @Test
  void theConfigurationNamesTheColumnsOfShardsWithoutHeader() {
    put(NAME + "h_0.csv", "fleet;1;a,b.mp4\n");
    put(
        NAME + "h_manifest.json",
        manifest(
                "\"csvOptions\":{\"delimiter\":\";\",\"headerRequired\":false},"
                    + "\"objectMetadataReportOptions\":{\"metadataFields\":[\"bucket\",\"size\",\"name\"]}",
                1,
                "csv")
            .replace(NAME + "_", NAME + "h_"));
    assertThat(read(NAME + "h_manifest.json").places()).containsExactly("1 gs://fleet/a,b.mp4");
  }

  @Test
  void readsTheShardsOfParquet() {
    List<GenericRecord> rows =
        HostileKeys.KEYS.stream()
            .map(
                key ->
                    (GenericRecord)
                        new GenericRecordBuilder(SCHEMA)
                            .set("bucket", "fleet")
                            .set("name", key)
                            .build())
            .toList();
    server.put(NAME + "_0.parquet", WrittenFiles.of("parquet", SCHEMA, rows));
    put("p_manifest.json", manifest("\"parquet_options\":{}", 1, "parquet"));

    assertThat(read("p_manifest.json").places())
        .containsExactlyInAnyOrderElementsOf(HostileKeys.lines("gs://fleet/", 1));
  }

  @Test
  void aReportThatLacksShardsIsRefused() {
    put(
        "short_manifest.json",
        manifest("\"csv_options\":{}", 1, "csv").replace("\"shard_count\":1", "\"shard_count\":3"));
    assertThatThrownBy(() -> read("short_manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://insights/short_manifest.json", "1 of 3 shards");
  }

  @Test
  void aShardWithoutTheColumnsIsNamed() {
    put("n_0.csv", "size\n9\n");
    put("n_manifest.json", manifest("\"csv_options\":{}", 1, "csv").replace(NAME + "_", "n_"));
    assertThatThrownBy(() -> read("n_manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://insights/n_0.csv", "no column bucket");
  }

  /** Any of them would put lines of another file into the table and the dead letters. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x/y://../../etc/passwd",
        "../n_0.csv",
        "a/../../n_0.csv",
        "..",
        "file:///etc/passwd",
        "s3://other/n_0.csv",
        "a/",
        ""
      })
  void aShardThatLiesElsewhereIsRefused(String shard) {
    put(
        "away_manifest.json",
        manifest("\"csv_options\":{}", 1, "csv").replace(NAME + "_0.csv", shard));
    assertThatThrownBy(() -> read("away_manifest.json"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://insights/away_manifest.json", "'" + shard + "'", "not read");
  }

  private static String manifest(String config, int shards, String extension) {
    StringBuilder names = new StringBuilder();
    for (int shard = 0; shard < shards; shard++) {
      names.append(shard == 0 ? "" : ",").append('"' + NAME + "_" + shard + "." + extension + '"');
    }
    return """
    {"report_config":{"display_name":"daily",%s},"records_processed":5,\
    "snapshot_time":"2026-11-24T01:00:00Z","shard_count":%d,\
    "report_shards_file_names":[%s]}
    """
        .formatted(config, shards, names);
  }

  private static void put(String key, String text) {
    server.put(key, text.getBytes(UTF_8));
  }

  private static ReadLines read(String key) {
    return ReadLines.of(server.pipeline(), ReadManifests.from("s3://insights/" + key));
  }
}
