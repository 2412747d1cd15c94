package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.Resources;
import com.google.common.primitives.Bytes;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet and Avro files as Python writes them: see {@code resources/columnar/write.py}. */
class CommonWritersTest {
  @TempDir Path dir;

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pyarrow-none.parquet",
        "pyarrow-snappy.parquet",
        "pyarrow-gzip.parquet",
        "pyarrow-zstd.parquet",
        "pyarrow-lz4.parquet",
        "pyarrow-brotli.parquet",
        "fastavro-null.avro",
        "fastavro-deflate.avro",
        "fastavro-bzip2.avro",
        "fastavro-xz.avro",
        "fastavro-snappy.avro",
        "fastavro-zstandard.avro",
      })
  void readsEveryCodec(String name) throws IOException {
    ReadLines lines =
        ReadLines.of(pipeline, ReadManifests.from(file(name)).withLabels(List.of("tags")));

    assertThat(lines.places())
        .containsExactlyInAnyOrder("1 s3://b/1 ü.mp4", "2 s3://b/2 ü.mp4", "3 s3://b/3 ü.mp4");
    assertThat(lines.entries())
        .allSatisfy(
            entry -> assertThat(entry.getLabels()).isEqualTo(Map.of("tags", "[\"x\",\"y\"]")));
    assertThat(lines.counters()).containsEntry("ignored_left", 3L);
  }

  @Test
  void readsLz4AsHadoopFramesIt() throws IOException {
    byte[] page = "s3://b/a.mp4 ".repeat(50).getBytes(StandardCharsets.UTF_8);
    byte[] half = Arrays.copyOf(page, 300);
    byte[] rest = Arrays.copyOfRange(page, 300, page.length);
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    for (byte[] block : List.of(half, rest)) {
      byte[] lz4 = lz4(block);
      DataOutputStream out = new DataOutputStream(framed);
      out.writeInt(block.length);
      out.writeInt(lz4.length);
      out.write(lz4);
    }
    for (byte[] stored : List.of(framed.toByteArray(), lz4(page))) {
      BytesInput read =
          new ParquetCodecs()
              .getDecompressor(CompressionCodecName.LZ4)
              .decompress(BytesInput.from(stored), page.length);
      assertThat(read.toByteArray()).isEqualTo(page);
    }
  }

  private static byte[] lz4(byte[] bytes) {
    Lz4Compressor compressor = new Lz4Compressor();
    byte[] lz4 = new byte[compressor.maxCompressedLength(bytes.length)];
    return Arrays.copyOf(lz4, compressor.compress(bytes, 0, bytes.length, lz4, 0, lz4.length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4", "LZ4_RAW"})
  void aPageIsNotBelievedToBeAsLargeAsItSays(CompressionCodecName codec) {
    assertThatThrownBy(
            () ->
                new ParquetCodecs()
                    .getDecompressor(codec)
                    .decompress(BytesInput.from(new byte[] {1, 2, 3, 4}), Integer.MAX_VALUE))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aCodecThatIsNotReadIsNamed() throws IOException {
    assertThatThrownBy(() -> new ParquetCodecs().getDecompressor(CompressionCodecName.LZO))
        .hasMessageContainingAll("lzo", "snappy, gzip, zstd");
    byte[] file = Resources.toByteArray(Resources.getResource("columnar/fastavro-null.avro"));
    int codec = Bytes.indexOf(file, "null".getBytes(StandardCharsets.UTF_8));
    System.arraycopy("lzma".getBytes(StandardCharsets.UTF_8), 0, file, codec, 4);
    Path odd = Files.write(dir.resolve("odd.avro"), file);
    assertThatThrownBy(() -> ReadLines.of(pipeline, ReadManifests.from(odd.toString())))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("odd.avro", "codec lzma", "zstandard")
        .hasMessageNotContaining("damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-rows.parquet", "no-rows.avro"})
  void aTableWithoutRowsIsAnEmptyManifest(String name) throws IOException {
    ReadLines lines = ReadLines.of(pipeline, ReadManifests.from(file(name)));

    assertThat(lines.entries()).isEmpty();
    assertThat(lines.rejections()).isEmpty();
  }

  @Test
  void anEmptyRowGroupIsPassedOver() throws IOException {
    ReadLines lines = ReadLines.of(pipeline, ReadManifests.from(file("empty-group.parquet")));

    assertThat(lines.places())
        .containsExactlyInAnyOrder("1 s3://b/1 ü.mp4", "2 s3://b/2 ü.mp4", "3 s3://b/3 ü.mp4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested.parquet", "nested.avro"})
  void dotsLeadIntoObjectsAndLists(String name) throws IOException {
    ReadLines ofObject =
        ReadLines.of(pipeline, ReadManifests.from(file(name)).withUriField("data.video"));
    assertThat(ofObject.places()).containsExactlyInAnyOrder("1 s3://b/1.mp4", "2 s3://b/4.mp4");
    ReadLines ofList =
        ReadLines.of(
            TestPipeline.create().enableAbandonedNodeEnforcement(false),
            ReadManifests.from(file(name)).withUriField("clips.url"));
    assertThat(ofList.places()).containsExactlyInAnyOrder("1 s3://b/2.mp4", "1 s3://b/3.mp4");
    assertThat(ofList.codes()).containsExactly("2 NOT_A_URI");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested.parquet", "nested.avro"})
  void aNestedUriIsSuggested(String name) {
    assertThatThrownBy(() -> ReadLines.of(pipeline, ReadManifests.from(file(name))))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll(name, "seen at data.video, row 1", "--uriField=data.video");
  }

  @ParameterizedTest
  @CsvSource({"huge-block.avro, declares", "huge-list.parquet, can't be read"})
  void aDeclaredSizeIsNotBelieved(String name, String why) throws IOException {
    assertThatThrownBy(() -> ReadLines.of(pipeline, ReadManifests.from(file(name))))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll(name, why);
  }

  private static String file(String name) {
    return Path.of("src/test/resources/columnar", name).toString();
  }
}
