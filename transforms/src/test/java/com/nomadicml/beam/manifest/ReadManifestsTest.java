package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadManifestsTest {
  private static final String CSV = "uri,folder\ngs://b/a.mp4,f\nnope,f\n\ngs://b/b.mp4,\n";

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "m.csv",
        "m.CSV",
        "m.csv.gz",
        "m.csv.bz2",
        "m.csv.zst",
        "m.csv.zstd",
        "m.csv.gzip",
        "m.csv.xz",
        "m.CSV.GZ"
      })
  void readsWhateverTheCompression(String name) throws IOException {
    Path file = write(name, CSV.getBytes(UTF_8));
    PAssert.that(places(ReadManifests.from(file.toString())))
        .containsInAnyOrder(
            name + ":2 gs://b/a.mp4", name + ":5 gs://b/b.mp4", name + ":3 NOT_A_URI");
    pipeline.run();
  }

  @ParameterizedTest
  @CsvSource({
    "m.csv, GZIP",
    "m.csv.gz, NONE",
    "m.csv.gz, ZSTD",
    "m.csv.bz2, XZ",
    "m.csv.zst, BZIP2"
  })
  void theContentTellsTheCompression(String name, Compressed compressed) throws IOException {
    Files.write(dir.resolve(name), compressed.of(CSV.getBytes(UTF_8)));
    PAssert.that(places(ReadManifests.from(dir.resolve(name).toString())))
        .containsInAnyOrder(
            name + ":2 gs://b/a.mp4", name + ":5 gs://b/b.mp4", name + ":3 NOT_A_URI");
    pipeline.run();
  }

  @Test
  void aLargeFileInUtf16IsReadAsOne() throws IOException {
    String lines = ("#" + "-".repeat(9_998) + "\r").repeat(1_000) + "gs://b/a.mp4\r";
    Path file = write("m.txt", ("\uFEFF" + lines).getBytes(UTF_16LE));
    assertThat(parts(file, ManifestFormat.TXT)).hasSize(1);
    PAssert.that(places(ReadManifests.from(file.toString())))
        .containsInAnyOrder("m.txt:1001 gs://b/a.mp4");
    pipeline.run();
  }

  @Test
  void readsTheMembersOfAGzipOneAfterTheOther() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(compressed("x.gz", "gs://b/a.mp4\n".getBytes(UTF_8)));
    both.write(compressed("x.gz", "gs://b/b.mp4\n".getBytes(UTF_8)));
    Files.write(dir.resolve("m.txt.gz"), both.toByteArray());
    PAssert.that(places(ReadManifests.from(dir + "/m.txt.gz")))
        .containsInAnyOrder("m.txt.gz:1 gs://b/a.mp4", "m.txt.gz:2 gs://b/b.mp4");
    pipeline.run();
  }

  @Test
  void aLargeFileIsReadInParts() throws IOException {
    String filler = "#" + "-".repeat(99_998) + "\n";
    String lines =
        IntStream.rangeClosed(1, 200)
            .mapToObj(line -> line % 50 == 0 ? "gs://b/" + line + ".mp4\n" : filler)
            .collect(Collectors.joining());
    Path file = write("m.txt", lines.getBytes(UTF_8));
    assertThat(parts(file, ManifestFormat.TXT)).hasSize(3);
    PAssert.that(places(ReadManifests.from(file.toString())))
        .containsInAnyOrder(
            "m.txt:50 gs://b/50.mp4",
            "m.txt:100 gs://b/100.mp4",
            "m.txt:150 gs://b/150.mp4",
            "m.txt:200 gs://b/200.mp4");
    assertThat(counters(pipeline.run())).containsEntry(ManifestMetrics.BLANK_LINES, 196L);
  }

  @ParameterizedTest
  @CsvSource({
    "m.csv, 'name,URI', 3",
    "m.tsv, 'sep=;\r\nname;URI', 3",
    "m.csv, '\uFEFF\"name\",URI', 1",
    "m.csv, 'name|URI', 3"
  })
  void aLargeTableIsReadInPartsUnlessQuotesMayJoinItsLines(String name, String header, int parts)
      throws IOException {
    String delimiter = header.substring(header.length() - 4, header.length() - 3);
    String filler = "-".repeat(99_998);
    String lines =
        IntStream.rangeClosed(1, 200)
            .mapToObj(line -> line % 50 == 0 ? "x" + delimiter + "gs://b/" + line + ".mp4" : filler)
            .collect(Collectors.joining("\n", header + "\n", "\n"));
    Path file = write(name, lines.getBytes(UTF_8));
    assertThat(parts(file, ManifestFormat.AUTO.of(name))).hasSize(parts);

    ReadLines read = ReadLines.of(pipeline, ReadManifests.from(file.toString()));

    int before = (int) header.lines().count();
    assertThat(read.places())
        .containsExactlyInAnyOrder(
            (50 + before) + " gs://b/50.mp4",
            (100 + before) + " gs://b/100.mp4",
            (150 + before) + " gs://b/150.mp4",
            (200 + before) + " gs://b/200.mp4");
    assertThat(read.rejections()).hasSize(196);
  }

  private static List<ManifestPart> parts(Path file, ManifestFormat format) throws IOException {
    return LineParts.split(
        ManifestPart.of(file.toString(), format), RowRules.of(UriField.named(null)));
  }

  @Test
  void theNameTellsEachFilesFormat() throws IOException {
    write("a.txt", "# c\ngs://b/1.mp4\n".getBytes(UTF_8));
    write("b.csv", "uri\ngs://b/2.mp4\n".getBytes(UTF_8));
    write("c.tsv.bz2", "id\turi\n0\tgs://b/3.mp4\n".getBytes(UTF_8));
    write("d.jsonl.zst", "\"gs://b/4.mp4\"\n".getBytes(UTF_8));
    write("e.ndjson", "{\"uri\":\"gs://b/5.mp4\"}\n".getBytes(UTF_8));
    write("f.json.gz", "[\"gs://b/6.mp4\",\n\"gs://b/7.mp4\"]".getBytes(UTF_8));
    PAssert.that(places(ReadManifests.from(dir + "/*")))
        .containsInAnyOrder(
            "a.txt:2 gs://b/1.mp4",
            "b.csv:2 gs://b/2.mp4",
            "c.tsv.bz2:2 gs://b/3.mp4",
            "d.jsonl.zst:1 gs://b/4.mp4",
            "e.ndjson:1 gs://b/5.mp4",
            "f.json.gz:1 gs://b/6.mp4",
            "f.json.gz:2 gs://b/7.mp4");
    pipeline.run();
  }

  @Test
  void readsGlobsAndSeveralPaths() throws IOException {
    for (String name : new String[] {"a-1.txt", "a-2.txt", "b.txt", "c.txt"}) {
      write(name, ("gs://b/" + name + ".mp4\n").getBytes(UTF_8));
    }
    PAssert.that(places(ReadManifests.from(dir + "/a-*.txt, " + dir + "/c.txt,")))
        .containsInAnyOrder(
            "a-1.txt:1 gs://b/a-1.txt.mp4",
            "a-2.txt:1 gs://b/a-2.txt.mp4",
            "c.txt:1 gs://b/c.txt.mp4");
    pipeline.run();
  }

  @Test
  void anOptionSaysFormatAndUriField() throws IOException {
    Path file = write("manifest", "uri,clip\nx,gs://b/a.mp4\n".getBytes(UTF_8));
    PAssert.that(
            places(
                ReadManifests.from(file.toString())
                    .withFormat(ManifestFormat.CSV)
                    .withUriField("Clip")))
        .containsInAnyOrder("manifest:2 gs://b/a.mp4");
    pipeline.run();
  }

  @Test
  void everyLineIsCountedOnce() throws IOException {
    String lines =
        IntStream.range(0, 300)
            .mapToObj(i -> i % 3 == 0 ? "" : i % 3 == 1 ? "bad " + i : "gs://b/" + i + ".mp4")
            .collect(Collectors.joining("\n", "", "\n"));
    write("m.txt.gz", lines.getBytes(UTF_8));
    write("m.csv", CSV.getBytes(UTF_8));
    PAssert.that(places(ReadManifests.from(dir + "/m.*")))
        .satisfies(
            found -> {
              assertThat(StreamSupport.stream(found.spliterator(), false)).hasSize(203);
              return null;
            });
    PipelineResult result = pipeline.run();
    assertThat(counters(result))
        .containsEntry(ManifestMetrics.LINES_READ, 304L)
        .containsEntry(ManifestMetrics.REJECTED_LINES, 101L)
        .containsEntry(ManifestMetrics.BLANK_LINES, 101L);
  }

  @Test
  void aRejectionTellsItsManifestAndText() throws IOException {
    Path file = write("m.csv.gz", CSV.getBytes(UTF_8));
    PCollection<Rejection> rejections =
        pipeline.apply(ReadManifests.from(file.toString())).failures();
    PAssert.thatSingleton(rejections)
        .satisfies(
            rejection -> {
              assertThat(rejection.getManifest()).endsWith("/m.csv.gz");
              assertThat(rejection.getText()).isEqualTo("nope,f");
              assertThat(rejection.getMessage()).isNotBlank();
              return null;
            });
    pipeline.run();
  }

  @Test
  void whatMatchesNothingIsNamed() throws IOException {
    write("a.txt", "gs://b/a.mp4\n".getBytes(UTF_8));
    failure(dir + "/a.txt," + dir + "/none-*.csv")
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(dir + "/none-*.csv");
    assertThatThrownBy(() -> ReadManifests.from(" , "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--manifest");
  }

  @ParameterizedTest
  @CsvSource({
    "m.csv.gz, 'found id, name'",
    "m.xlsx, --manifestFormat",
    "m.json, not JSON",
    "m.parquet, not a Parquet file",
    "m.avro, not an Avro file",
    "m.orc, choose CSV or Parquet"
  })
  void aManifestOfNoUseIsNamed(String name, String why) throws IOException {
    write(name, "id,name\n1,x\n".getBytes(UTF_8));
    failure(dir + "/" + name)
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll(dir + "/" + name, why)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"txt.gz", "csv.gz", "jsonl.gz", "json.gz", "csv.zst", "csv.bz2"})
  void aFileThatIsCutShortIsNamedAsSuch(String extension) throws IOException {
    String rows =
        IntStream.range(0, 5_000)
            .mapToObj(i -> '"' + "gs://b/" + Integer.toHexString(i * 0x9E3779B9) + ".mp4\"")
            .collect(Collectors.joining(extension.startsWith("json.") ? ",\n" : "\n"));
    String head = extension.startsWith("csv") ? "uri\n" : extension.startsWith("json.") ? "[" : "";
    byte[] whole = compressed("m." + extension, (head + rows + "\n").getBytes(UTF_8));
    Files.write(dir.resolve("m." + extension), Arrays.copyOf(whole, whole.length / 2));
    failure(dir + "/m." + extension)
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll(dir + "/m." + extension, "can't be read")
        .hasMessageNotContainingAny("quote", "null");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> failure(String paths) {
    pipeline.apply(ReadManifests.from(paths));
    return assertThatThrownBy(() -> pipeline.run()).cause();
  }

  /** {@code <file>:<line>}, with the URI or the code. */
  private PCollection<String> places(ReadManifests read) {
    WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines = pipeline.apply(read);
    PCollection<String> entries =
        lines
            .output()
            .apply(
                "Entries",
                MapElements.into(TypeDescriptors.strings())
                    .via(e -> place(e.getManifest(), e.getLine()) + e.getSourceUri()));
    PCollection<String> rejections =
        lines
            .failures()
            .apply(
                "Rejections",
                MapElements.into(TypeDescriptors.strings())
                    .via(r -> place(r.getManifest(), r.getLine()) + r.getCode()));
    return PCollectionList.of(entries).and(rejections).apply(Flatten.pCollections());
  }

  private static String place(String manifest, long line) {
    return manifest.substring(manifest.lastIndexOf('/') + 1) + ":" + line + " ";
  }

  private static Map<String, Long> counters(PipelineResult result) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.inNamespace(ManifestMetrics.NAMESPACE))
            .build();
    return StreamSupport.stream(
            result.metrics().queryMetrics(filter).getCounters().spliterator(), false)
        .collect(Collectors.toMap(c -> c.getName().getName(), c -> c.getCommitted(), Long::sum));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(dir.resolve(name), compressed(name, bytes));
  }

  private static byte[] compressed(String name, byte[] bytes) throws IOException {
    return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
      case "gz", "gzip" -> Compressed.GZIP.of(bytes);
      case "bz2" -> Compressed.BZIP2.of(bytes);
      case "zst", "zstd" -> Compressed.ZSTD.of(bytes);
      case "xz" -> Compressed.XZ.of(bytes);
      default -> bytes;
    };
  }
}
