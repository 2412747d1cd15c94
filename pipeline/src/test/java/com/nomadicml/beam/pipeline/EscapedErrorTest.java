package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The program as a process of its own, with a class that can't be loaded: Java then throws an
 * {@code Error}, and threads of the emulator or of the runner are left.
 */
class EscapedErrorTest {
  @TempDir private Path directory;

  /**
   * Needed before anything runs, to parse a manifest, by the steps of the pipeline, and when the
   * pipeline has ended. What a parser can't bear is the manifest's fault.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pipeline/ImportSettings | 1 | nomadic-import: the run broke: ",
        "manifest/TextParser     | 2 | m.txt can't be read: ",
        "imports/ShardPlanner    | 1 | nomadic-import: the run broke: ",
        "imports/lane/Sender     | 1 | nomadic-import: the run broke: ",
        "pipeline/RunSummary     | 1 | nomadic-import: the run broke: ",
      })
  void theProcessEndsWithOneLineAndACode(String broken, int exitCode, String line)
      throws Exception {
    Path file = directory.resolve("broken/com/nomadicml/beam/" + broken + ".class");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "damaged");
    Path manifest = Files.writeString(directory.resolve("m.txt"), "s3://drive-data/a.mp4\n");
    Path err = directory.resolve("err.txt");

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-cp",
                directory.resolve("broken")
                    + File.pathSeparator
                    + System.getProperty("java.class.path"),
                NomadicImport.class.getName(),
                "--emulator",
                "--manifest=" + manifest,
                "--statusTable=jdbc:sqlite:" + directory.resolve("status.db"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    boolean hasEnded = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly().waitFor();

    List<String> lines = Files.readAllLines(err);
    assertThat(hasEnded).as("ended by itself, with " + lines).isTrue();
    assertThat(process.exitValue()).as(lines.toString()).isEqualTo(exitCode);
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("nomadic-import: ")
        .contains(line, "ClassFormatError");
  }
}
