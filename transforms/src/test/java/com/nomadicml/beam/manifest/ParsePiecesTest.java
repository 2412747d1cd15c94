package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.ManifestEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A large file in a stream: what is committed at once is bounded, whatever its format. */
class ParsePiecesTest {
  private static final int ROWS = 3_000;
  private static final long PIECE = 10_000;

  /** A row counts 100 characters, and its text. */
  private static final int ROWS_A_PIECE = (int) PIECE / 100;

  @TempDir private Path directory;

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @ParameterizedTest
  @ValueSource(strings = {"csv", "tsv", "jsonl", "json", "avro", "parquet"})
  void aFileIsReadOnceThoughInPieces(String format) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (int row = 1; row <= ROWS; row++) {
      rows.add(Map.of("uri", row % 10 == 0 ? "nonsense " + row : uri(row), "name", "n" + row));
    }
    Path file = Tables.write(directory, format, rows);

    PCollectionTuple read = read(file, ManifestFormat.parse(format));

    PAssert.that(
            read.get(EntryOutput.ENTRIES)
                .apply(
                    "Uris",
                    MapElements.into(TypeDescriptors.strings()).via(ManifestEntry::getSourceUri)))
        .containsInAnyOrder(
            IntStream.rangeClosed(1, ROWS)
                .filter(row -> row % 10 > 0)
                .mapToObj(ParsePiecesTest::uri)
                .toList());
    PAssert.that(
            read.get(EntryOutput.REJECTIONS)
                .apply("Texts", MapElements.into(TypeDescriptors.longs()).via(rejection -> 1L)))
        .satisfies(
            rejections -> {
              assertThat(rejections).hasSize(ROWS / 10);
              return null;
            });
    PAssert.that(read.get(EntryOutput.ENTRIES).apply(new BundleSizes()))
        .satisfies(
            sizes -> {
              assertThat(sizes).hasSizeGreaterThanOrEqualTo(ROWS / ROWS_A_PIECE);
              assertThat(sizes)
                  .allSatisfy(size -> assertThat(Integer.parseInt(size)).isLessThan(ROWS_A_PIECE));
              return null;
            });
    pipeline.run();
  }

  @Test
  void aFileThatEndsWithItsPieceIsReadOnce() throws IOException {
    // The rows of a piece, and of two.
    for (int rows : new int[] {76, 152}) {
      Path file =
          Files.writeString(
              directory.resolve(rows + ".txt"),
              IntStream.rangeClosed(1, rows)
                  .mapToObj(row -> "s3://b/" + (1_000_000 + row) + "-".repeat(14) + ".mp4\n")
                  .collect(Collectors.joining()));
      PCollectionTuple read = read(file, ManifestFormat.TXT);
      PAssert.that(read.get(EntryOutput.ENTRIES).apply("Sizes" + rows, new BundleSizes()))
          .containsInAnyOrder(rows == 76 ? List.of("76") : List.of("76", "76"));
    }
    pipeline.run();
  }

  /** A bomb of blank lines is read through once. */
  @Test
  void whatYieldsNothingTakesNoRoom() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("m.txt"), "s3://b/1.mp4\n" + "\n".repeat(5_000) + "s3://b/2.mp4\n");
    PAssert.that(read(file, ManifestFormat.TXT).get(EntryOutput.ENTRIES).apply(new BundleSizes()))
        .containsInAnyOrder("2");
    pipeline.run();
  }

  @Test
  void noBundleOfAWatchedFileIsAsLargeAsTheFile() throws Exception {
    int lines = 100_000;
    byte[] text =
        IntStream.range(0, lines)
            .mapToObj(ParsePiecesTest::uri)
            .collect(Collectors.joining("\n", "uri\n", "\n"))
            .getBytes(StandardCharsets.UTF_8);
    Path written = Files.write(directory.resolve("m.tmp"), Compressed.GZIP.of(text));
    Files.move(written, directory.resolve("m.csv.gz"));

    ReadManifests read =
        ReadManifests.from(directory + "/*.csv.gz").withWatch(Duration.ofMillis(100));
    try (RunningStream stream = RunningStream.through(read, new BundleSizes())) {
      int seen = 0;
      while (seen < lines) {
        int size = Integer.parseInt(stream.next(1).get(0));
        assertThat(size).isLessThan((int) Piece.SIZE / 100);
        seen += size;
      }
      assertThat(seen).isEqualTo(lines);
    }
  }

  private PCollectionTuple read(Path file, ManifestFormat format) throws IOException {
    ManifestPart whole = ManifestPart.of(file.toString(), format);
    List<ManifestPart> parts =
        format == ManifestFormat.PARQUET ? ParquetParser.split(whole) : List.of(whole);
    RowRules rules = RowRules.of(UriField.named(null));
    return pipeline
        .apply("Parts " + file, Create.of(parts))
        .apply(
            "Parse " + file,
            ParDo.of(new ParsePiecesFn(rules, FileFaults.ofStream(Sleeper.real()), PIECE))
                .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }

  private static String uri(int row) {
    return "s3://b/" + row + ".mp4";
  }

  /** How many entries each bundle has. */
  private static final class BundleSizes
      extends PTransform<PCollection<ManifestEntry>, PCollection<String>> {
    @Override
    public PCollection<String> expand(PCollection<ManifestEntry> entries) {
      return entries.apply(ParDo.of(new CountFn()));
    }

    private static final class CountFn extends DoFn<ManifestEntry, String> {
      private transient int count;
      private transient Instant time;

      @StartBundle
      public void start() {
        count = 0;
      }

      @ProcessElement
      public void count(@Element ManifestEntry entry, @Timestamp Instant timestamp) {
        count++;
        time = timestamp;
      }

      @FinishBundle
      public void finish(FinishBundleContext context) {
        if (count > 0) {
          context.output(count + "", time, GlobalWindow.INSTANCE);
        }
      }
    }
  }
}
