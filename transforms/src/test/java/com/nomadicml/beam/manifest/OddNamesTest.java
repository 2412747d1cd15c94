package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests whose names look like patterns or lists, found by a pattern or named as they are. */
class OddNamesTest {
  private static final String ODD = "[b].txt";

  @TempDir Path dir;

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start("odd");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ODD,
        "a{1,2}.txt",
        "a*.txt",
        "a?.txt",
        "a,b.txt",
        "a\\b.txt",
        "a %20+.txt",
        "[!x]*?{}.txt"
      })
  void aFileIsTakenByItsOwnName(String name) throws IOException {
    Files.writeString(dir.resolve(name), "s3://b/right.mp4\n");
    Files.writeString(dir.resolve("b.txt"), "s3://b/wrong.mp4\n");
    Files.writeString(dir.resolve("a1.txt"), "s3://b/wrong.mp4\n");

    assertThat(ReadLines.of(pipeline, ReadManifests.from(dir.resolve(name).toString())).uris())
        .containsExactly("s3://b/right.mp4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ODD,
        "a{1,2}.txt",
        "a*.txt",
        "a?.txt",
        "a,b.txt",
        "a\\b.txt",
        "a %20+.txt",
        "[!x]*?{}.txt"
      })
  void anObjectIsTakenByItsOwnName(String name) {
    String folder = Integer.toHexString(name.hashCode()) + "/";
    server.put(folder + name, "s3://b/right.mp4\n".getBytes(UTF_8));
    server.put(folder + "b.txt", "s3://b/wrong.mp4\n".getBytes(UTF_8));
    server.put(folder + "a1.txt", "s3://b/wrong.mp4\n".getBytes(UTF_8));

    ReadManifests read = ReadManifests.from("s3://odd/" + folder + name);

    assertThat(ReadLines.of(server.pipeline(), read).uris()).containsExactly("s3://b/right.mp4");
  }

  @Test
  void aPatternFindsFilesOfOddNames() throws IOException {
    Files.writeString(dir.resolve(ODD), "s3://b/1.mp4\n");
    Files.writeString(dir.resolve("b.txt"), "s3://b/2.mp4\n");
    Files.writeString(dir.resolve("{c},*.txt"), "s3://b/3.mp4\n");
    server.put("glob/" + ODD, "s3://b/1.mp4\n".getBytes(UTF_8));
    server.put("glob/b.txt", "s3://b/2.mp4\n".getBytes(UTF_8));
    server.put("glob/{c},*.txt", "s3://b/3.mp4\n".getBytes(UTF_8));

    for (String glob : new String[] {dir + "/*.txt", "s3://odd/glob/*.txt"}) {
      assertThat(ReadLines.of(server.pipeline(), ReadManifests.from(glob)).uris())
          .containsExactlyInAnyOrder("s3://b/1.mp4", "s3://b/2.mp4", "s3://b/3.mp4");
    }
  }

  @Test
  void aNameThatIsNotThereIsAPattern() throws IOException {
    Files.writeString(dir.resolve("b.txt"), "s3://b/2.mp4\n");
    assertThat(ReadLines.of(pipeline, ReadManifests.from(dir + "/" + ODD)).uris())
        .containsExactly("s3://b/2.mp4");
  }

  @Test
  void aCommaPartsPathsUnlessItIsAName() throws IOException {
    Files.writeString(dir.resolve("a.txt"), "s3://b/1.mp4\n");
    Files.writeString(dir.resolve("b.txt"), "s3://b/2.mp4\n");
    Files.writeString(dir.resolve("c, d.txt"), "s3://b/3.mp4\n");
    String paths = dir + "/a.txt, " + dir + "/c, d.txt," + dir + "/b.txt";

    assertThat(ReadLines.of(pipeline, ReadManifests.from(paths)).uris())
        .containsExactlyInAnyOrder("s3://b/1.mp4", "s3://b/2.mp4", "s3://b/3.mp4");
  }

  @Test
  void aReportMayLieInAFolderOfAnOddName() throws IOException {
    InventoryFixture report =
        InventoryFixture.csv(
            "Bucket, Key, Size, LastModifiedDate, ETag", List.of(InventoryFixture.row("a.mp4")));
    Path name = Path.of(report.dataKey()).getFileName();
    for (String folder : new String[] {"[x]", "x"}) {
      Path date = Files.createDirectories(dir.resolve(folder).resolve("daily/2026-11-24T01-00Z"));
      Files.write(date.resolve("manifest.json"), report.manifest());
      Files.write(date.resolve("manifest.checksum"), report.checksum());
      Path data = Files.createDirectories(dir.resolve(folder).resolve("daily/data"));
      if (folder.equals("[x]")) {
        Files.write(data.resolve(name), report.dataFile());
      }
    }
    assertThat(ReadLines.of(pipeline, ReadManifests.from(dir + "/[x]/daily/")).uris())
        .containsExactly("s3://fleet/a.mp4");
  }
}
