package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Bytes;
import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.ManifestEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet and Avro files, written by their own libraries, read as {@code s3://}. */
class ColumnarManifestTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("clip")
          .fields()
          .optionalString("URI")
          .optionalString("folder")
          .optionalString("scope")
          .optionalString("integration_id")
          .optionalLong("frames")
          .name("tags")
          .type()
          .array()
          .items()
          .stringType()
          .arrayDefault(List.of())
          .optionalString("front")
          .optionalString("left")
          .endRecord();

  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start("sets");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodecName.class,
      names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
  void readsParquetWhateverTheCodec(CompressionCodecName codec) {
    server.put("codec.parquet", WrittenFiles.parquet(SCHEMA, hostile(), codec, 1 << 20));
    ReadLines lines = read("codec.parquet");
    assertThat(lines.places()).containsExactlyInAnyOrderElementsOf(HostileKeys.lines("s3://b/", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy", "bzip2", "zstandard"})
  void readsAvroWhateverTheCodec(String codec) {
    server.put("codec.avro", WrittenFiles.avro(SCHEMA, hostile(), codec));
    ReadLines lines = read("codec.avro");
    assertThat(lines.places()).containsExactlyInAnyOrderElementsOf(HostileKeys.lines("s3://b/", 1));
  }

  @Test
  void everyRowGroupIsReadOnceAndKeepsItsRowNumbers() {
    List<GenericRecord> rows = new ArrayList<>();
    for (int i = 1; i <= 3_000; i++) {
      rows.add(clip().set("URI", "s3://b/" + i + ".mp4").build());
    }
    byte[] file = WrittenFiles.parquet(SCHEMA, rows, CompressionCodecName.SNAPPY, 16 << 10);
    server.put("groups.parquet", file);
    assertThat(WrittenFiles.rowGroups(file)).isGreaterThan(1);

    ReadLines lines = read("groups.parquet");

    assertThat(lines.places()).hasSize(3_000).contains("1 s3://b/1.mp4", "3000 s3://b/3000.mp4");
    assertThat(lines.entries())
        .allSatisfy(
            entry ->
                assertThat(entry.getSourceUri()).isEqualTo("s3://b/" + entry.getLine() + ".mp4"));
    assertThat(lines.counters()).containsEntry(ManifestMetrics.LINES_READ, 3_000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "avro"})
  void columnsAreFields(String format) {
    put(
        "fields." + format,
        clip()
            .set("URI", "s3://b/a.mp4")
            .set("folder", "trip")
            .set("scope", "org")
            .set("integration_id", "i1")
            .set("frames", 7L)
            .build(),
        clip().set("front", "s3://b/f.mp4").set("left", "s3://b/l.mp4").build(),
        clip().set("URI", "s3://b/a.mov").build(),
        clip().build());

    ReadLines lines = read("fields." + format);

    ManifestEntry single = byLine(lines, 1);
    assertThat(single.getFolder()).isEqualTo("trip");
    assertThat(single.getScope()).isEqualTo("org");
    assertThat(single.getIntegrationId()).isEqualTo("i1");
    assertThat(byLine(lines, 2).getViews())
        .isEqualTo(Map.of("front", "s3://b/f.mp4", "left", "s3://b/l.mp4"));
    assertThat(lines.codes()).containsExactlyInAnyOrder("3 NOT_MP4", "4 NOT_A_URI");
    assertThat(lines.rejections())
        .filteredOn(rejection -> rejection.getLine() == 3)
        .extracting(rejection -> rejection.getText())
        .containsExactly("{\"uri\":\"s3://b/a.mov\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "avro"})
  void viewsMayBeAStruct(String format) {
    Schema views =
        SchemaBuilder.record("views")
            .fields()
            .optionalString("front")
            .optionalString("rear")
            .endRecord();
    Schema schema =
        SchemaBuilder.record("s").fields().name("views").type(views).noDefault().endRecord();
    GenericRecord row = new GenericData.Record(schema);
    row.put("views", new GenericRecordBuilder(views).set("front", "s3://b/f.mp4").build());
    server.put("struct." + format, WrittenFiles.of(format, schema, List.of(row)));
    assertThat(byLine(read("struct." + format), 1).getViews())
        .isEqualTo(Map.of("front", "s3://b/f.mp4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "avro"})
  void theUriFieldNamesAnyColumn(String format) {
    put("named." + format, clip().set("URI", "nope").set("folder", "s3://b/a.mp4").build());
    ReadManifests read = ReadManifests.from("s3://sets/named." + format).withUriField("Folder");
    assertThat(ReadLines.of(server.pipeline(), read).uris()).containsExactly("s3://b/a.mp4");
  }

  @Test
  void aFileWithoutAColumnForTheUriIsNamed() {
    Schema schema = SchemaBuilder.record("s").fields().optionalString("id").endRecord();
    GenericRecord row = new GenericRecordBuilder(schema).set("id", "1").build();
    server.put("none.parquet", WrittenFiles.of("parquet", schema, List.of(row)));
    assertThatThrownBy(() -> read("none.parquet"))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://sets/none.parquet", "found id", "--uriField");
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "avro"})
  void aFileThatIsCutShortIsNamed(String format) {
    byte[] whole = WrittenFiles.of(format, SCHEMA, hostile());
    server.put("cut." + format, Arrays.copyOf(whole, whole.length * 2 / 3));
    assertThatThrownBy(() -> read("cut." + format))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("s3://sets/cut." + format, "can't be read")
        .hasMessageNotContaining("\n");
  }

  /** Avro's own reader takes all of these for whole files of fewer rows. */
  @Test
  void anAvroFileIsReadToItsLastByteOrNotAtAll() throws IOException {
    byte[] whole = WrittenFiles.of("avro", SCHEMA, hostile());
    assertThat(avroRows(whole)).isEqualTo(HostileKeys.KEYS.size());
    int header = Bytes.indexOf(whole, Arrays.copyOfRange(whole, whole.length - 16, whole.length));
    for (int length = header + 17; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> avroRows(cut)).isInstanceOf(IOException.class);
    }
    // A file of no rows ends with its header.
    assertThat(avroRows(Arrays.copyOf(whole, header + 16))).isZero();
  }

  private static int avroRows(byte[] file) throws IOException {
    Lines lines = Lines.of(ManifestFormat.AVRO, file, null);
    return lines.entries.size() + lines.rejections.size();
  }

  @Test
  void theFormatMayBeSaid() {
    server.put("table", WrittenFiles.of("avro", SCHEMA, hostile()));
    ReadManifests read = ReadManifests.from("s3://sets/table").withFormat(ManifestFormat.AVRO);
    assertThat(ReadLines.of(server.pipeline(), read).entries()).hasSize(HostileKeys.KEYS.size());
  }

  private static List<GenericRecord> hostile() {
    return HostileKeys.KEYS.stream()
        .map(key -> (GenericRecord) clip().set("URI", "s3://b/" + key).build())
        .toList();
  }

  private static GenericRecordBuilder clip() {
    return new GenericRecordBuilder(SCHEMA);
  }

  private static void put(String key, GenericRecord... rows) {
    String format = key.substring(key.lastIndexOf('.') + 1);
    server.put(key, WrittenFiles.of(format, SCHEMA, List.of(rows)));
  }

  private static ReadLines read(String key) {
    return ReadLines.of(server.pipeline(), ReadManifests.from("s3://sets/" + key));
  }

  private static ManifestEntry byLine(ReadLines lines, long line) {
    return lines.entries().stream()
        .filter(entry -> entry.getLine() == line)
        .findFirst()
        .orElseThrow();
  }
}
