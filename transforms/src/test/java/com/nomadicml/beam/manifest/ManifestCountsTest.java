package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.PartCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reading has counted, as elements. */
class ManifestCountsTest {
  @TempDir private Path directory;

  @Test
  void aCountIsOfAPartOfAManifest() throws IOException {
    String one =
        write("1.txt", "s3://b/1.mp4", "", "nonsense", "s3://b/2.mp4", "s3://b/2.mp4", "# no more");
    String two = write("2.txt", "s3://b/3.mp4", "s3://other/4.mp4", "s3://b/5.mp4");

    assertCounts(
        ReadManifests.from(one + "," + two)
            .withFilter(Pattern.compile("s3://b/"), null)
            .withLimit(4),
        PartCount.of("lines_read", one, 6),
        PartCount.of("blank_lines", one, 2),
        PartCount.of("rejected_lines", one, 1),
        PartCount.of("included", one, 1),
        PartCount.of("included", one, 1),
        PartCount.of("included", one, 1),
        PartCount.of("lines_read", two, 3),
        PartCount.of("included", two, 1),
        PartCount.of("included", two, 1),
        PartCount.of("skipped_filtered", two, 1),
        PartCount.of("skipped_over_limit", two, 1));
  }

  @Test
  void whatIsUnchangedIsCountedWithTheNewerManifest() throws IOException {
    String now = write("now.txt", "s3://b/1.mp4", "s3://b/2.mp4");
    String then = write("then.txt", "s3://b/1.mp4");

    assertCounts(
        ReadManifests.from(now).withSince(then),
        PartCount.of("lines_read", now, 2),
        PartCount.of("skipped_unchanged", now, 1));
  }

  @Test
  void partsOfOneFileHaveNamesOfTheirOwn() {
    ManifestPart file = ManifestPart.of("m.parquet", ManifestFormat.PARQUET);

    assertThat(file.name()).isEqualTo("m.parquet");
    assertThat(file.toBuilder().setRowGroup(0).build().name()).isEqualTo("m.parquet#row-group-0");
    assertThat(file.toBuilder().setOffset(0).setLength(9).build().name()).isEqualTo("m.parquet");
    assertThat(file.toBuilder().setOffset(9).build().name()).isEqualTo("m.parquet#9");
  }

  private static void assertCounts(ReadManifests manifests, PartCount... counts) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollectionTuple read = pipeline.apply(manifests.withCounts());
    PAssert.that(read.get(ReadManifests.COUNTS)).containsInAnyOrder(counts);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  private String write(String name, String... lines) throws IOException {
    return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n").toString();
  }
}
