package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Good files of Avro and Parquet, damaged: they end as rows or as a {@link ManifestException}, and
 * never as anything else. A failure names its seed.
 */
@Tag("small-heap")
class ColumnarFuzzTest {
  /** {@code CONTRIBUTING.md} has the command for more of them. */
  private static final int CASES = Integer.getInteger("nomadic.fuzz.cases", 1_000);

  private static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "clip", "fields": [
                {"name": "uri", "type": "string"},
                {"name": "tags", "type": {"type": "array", "items": "string"}},
                {"name": "speed", "type": ["null", "double"], "default": null}]}
              """);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"avro", "parquet"})
  @Timeout(600)
  void aDamagedFileIsRowsOrRefused(String format) throws IOException {
    // Avro without compression: most damage lies in rows then, and not in what no codec reads.
    byte[] whole =
        format.equals("avro")
            ? WrittenFiles.avro(SCHEMA, rows(), "null")
            : WrittenFiles.of(format, SCHEMA, rows());
    parse(format, Files.write(directory.resolve("whole." + format), whole));
    int refused = 0;
    for (int seed = 0; seed < CASES; seed++) {
      refused +=
          isRead(format, damaged(whole, new Random(seed)), format + ", seed " + seed) ? 0 : 1;
    }
    assertThat(refused).isPositive().isLessThan(CASES);
  }

  /** Whoever writes a type within itself may write it as deep as he likes. */
  @Test
  void anAvroFileThatIsNestedWithoutEndIsRefused() throws IOException {
    Path file = Files.write(directory.resolve("deep.avro"), nested(200_000));
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    pipeline.apply(ReadManifests.from(file.toString()));

    assertThatThrownBy(pipeline::run)
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(file.toString());
  }

  /**
   * Whether it is read to its end; what a step of the pipeline takes for its file's fault is no.
   */
  private boolean isRead(String format, byte[] bytes, String place) throws IOException {
    Path file = Files.write(directory.resolve("case." + format), bytes);
    try {
      parse(format, file);
      return true;
    } catch (ManifestException e) {
      assertThat(e.getMessage()).as(place).contains(file.toString()).doesNotContain("\n");
      return false;
    } catch (IOException | StackOverflowError | OutOfMemoryError | LinkageError e) {
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError(place, e);
    }
  }

  private static void parse(String format, Path file) throws IOException {
    ManifestPart whole = ManifestPart.of(file.toString(), ManifestFormat.parse(format));
    for (ManifestPart part :
        format.equals("parquet") ? ParquetParser.split(whole) : List.of(whole)) {
      try (InputStream in = Files.newInputStream(file)) {
        ManifestParser.of(part, RowRules.of(UriField.named(null))).parse(in, new Ignored());
      }
    }
  }

  private static final class Ignored implements RowSink {
    @Override
    public void row(ManifestRow row) {}

    @Override
    public void blank() {}

    @Override
    public void skipped(SkipReason reason) {}

    @Override
    public void unreadable(long line, String raw, String reason) {}
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static List<GenericRecord> rows() {
    return IntStream.range(0, 50)
        .mapToObj(
            i ->
                (GenericRecord)
                    new GenericRecordBuilder(SCHEMA)
                        .set("uri", "s3://fleet/" + i + ".mp4")
                        .set("tags", List.of("night", "rain " + i))
                        .set("speed", i % 3 == 0 ? null : i * 1.5)
                        .build())
        .toList();
  }

  private static byte[] nested(int depth) throws IOException {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "clip", "fields": [
                  {"name": "uri", "type": "string"}, {"name": "next", "type": ["null", "clip"]}]}
                """);
    ByteArrayOutputStream row = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(row, null);
    for (int i = 0; i < depth; i++) {
      encoder.writeString("s3://fleet/1.mp4");
      encoder.writeIndex(i < depth - 1 ? 1 : 0);
    }
    encoder.flush();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema)).create(schema, file)) {
      writer.appendEncoded(ByteBuffer.wrap(row.toByteArray()));
    }
    return file.toByteArray();
  }
}
