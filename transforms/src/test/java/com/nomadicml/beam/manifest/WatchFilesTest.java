package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ManifestEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a stream reads, and when. */
class WatchFilesTest {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  @TempDir private Path directory;

  @Test
  void aFileIsReadWhenItIsThereAndWhenItIsWrittenAgain() throws Exception {
    write("1.txt", "s3://b/1.mp4");
    try (RunningStream stream = watch(directory + "/*.txt")) {
      assertThat(stream.next(1)).containsExactly("s3://b/1.mp4");
      write("2.txt", "s3://b/2.mp4");
      assertThat(stream.next(1)).containsExactly("s3://b/2.mp4");
      write("1.txt", "s3://b/1.mp4", "s3://b/3.mp4");
      assertThat(stream.next(2)).containsExactly("s3://b/1.mp4", "s3://b/3.mp4");
      write("4.txt", "s3://b/4.mp4");
      assertThat(stream.next(1)).containsExactly("s3://b/4.mp4");
      assertThat(stream.more()).isEmpty();
    }
  }

  /** Archives and builds that shall be reproducible write files of the year 1970. */
  @Test
  void aFileMayHaveNoTime() throws Exception {
    write("old.txt", "s3://b/old.mp4");
    Files.setLastModifiedTime(directory.resolve("old.txt"), FileTime.fromMillis(0));
    try (RunningStream stream = watch(directory + "/*.txt")) {
      assertThat(stream.next(1)).containsExactly("s3://b/old.mp4");
      write("new.txt", "s3://b/new.mp4");
      assertThat(stream.next(1)).containsExactly("s3://b/new.mp4");
    }
  }

  @Test
  void aFileIsReadByItsVeryName() throws Exception {
    List<String> names = List.of("[x].txt", "a?.txt", "b*.txt", "{c,d}.txt");
    for (String name : names) {
      write(name, "s3://b/" + Integer.toHexString(name.hashCode()) + ".mp4");
    }
    for (String decoy : List.of("x.txt", "a1.txt", "b1.txt", "c.txt")) {
      write(decoy, "s3://b/decoy.mp4");
    }
    String paths = String.join(",", names.stream().map(name -> directory + "/" + name).toList());
    try (RunningStream stream = watch(paths)) {
      assertThat(stream.next(4))
          .containsExactlyInAnyOrderElementsOf(
              names.stream()
                  .map(name -> "s3://b/" + Integer.toHexString(name.hashCode()) + ".mp4")
                  .toList());
      Files.delete(directory.resolve("[x].txt"));
      write("b*.txt", "s3://b/again.mp4");
      assertThat(stream.next(1)).containsExactly("s3://b/again.mp4");
      assertThat(stream.more()).isEmpty();
    }
  }

  @Test
  void theNewestReportOfAFolderIsReadWhenItIsComplete() throws Exception {
    report("2026-11-24T01-00Z", "a.mp4");
    try (RunningStream stream = watch(directory + "/daily/")) {
      assertThat(stream.next(1)).containsExactly("s3://fleet/a.mp4");
      report("2026-11-25T01-00Z", "b.mp4");
      assertThat(stream.next(1)).containsExactly("s3://fleet/b.mp4");
    }
  }

  private void report(String date, String key) throws IOException {
    InventoryFixture report =
        InventoryFixture.csv(
            "Bucket, Key, Size, LastModifiedDate, ETag", List.of(InventoryFixture.row(key)));
    Path folder = Files.createDirectories(directory.resolve("daily").resolve(date));
    Path data = Files.createDirectories(directory.resolve("daily/data"));
    Files.write(data.resolve(Path.of(report.dataKey()).getFileName()), report.dataFile());
    Files.write(folder.resolve("manifest.json"), report.manifest());
    Files.write(folder.resolve("manifest.checksum"), report.checksum());
  }

  @Test
  void timeGoesOnWhileNoFileAppears() throws Exception {
    write("1.txt", "s3://b/1.mp4", "s3://b/2.mp4");
    ReadManifests read = ReadManifests.from(directory + "/*.txt").withWatch(INTERVAL);
    try (RunningStream stream = RunningStream.through(read, new CountSeconds())) {
      assertThat(stream.next(1)).containsExactly("2 entries");
      write("2.txt", "s3://b/3.mp4");
      assertThat(stream.next(1)).containsExactly("1 entries");
    }
  }

  /** Yields when the watermark has passed the second in which entries were found. */
  private static final class CountSeconds
      extends PTransform<PCollection<ManifestEntry>, PCollection<String>> {
    @Override
    public PCollection<String> expand(PCollection<ManifestEntry> entries) {
      return entries
          .apply(Window.into(FixedWindows.of(org.joda.time.Duration.standardSeconds(1))))
          .apply(Combine.globally(Count.<ManifestEntry>combineFn()).withoutDefaults())
          .apply(MapElements.into(TypeDescriptors.strings()).via(count -> count + " entries"));
    }
  }

  private static RunningStream watch(String paths) {
    return RunningStream.of(ReadManifests.from(paths).withWatch(INTERVAL));
  }

  /** As a whole, as object stores do. */
  private void write(String name, String... lines) throws IOException {
    Path written = directory.resolve(name + ".tmp");
    Files.writeString(written, String.join("\n", lines) + "\n", UTF_8);
    Files.move(written, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }
}
