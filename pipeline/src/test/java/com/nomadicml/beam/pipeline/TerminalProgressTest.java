package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The progress line of the launcher in a real terminal: one that {@code script} makes. */
@EnabledOnOs(OS.LINUX)
@DisabledIfSystemProperty(named = "nomadic.flink", matches = "true")
class TerminalProgressTest {
  private static final int COLUMNS = 72;

  @TempDir private Path directory;

  @Test
  void fitsItAndEndsWithTheSummary() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.appearWithin = Duration.ofSeconds(2);
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      String[] uris =
          IntStream.range(0, 50)
              .mapToObj(i -> "s3://drive-data/" + i + ".mp4")
              .toArray(String[]::new);
      Path manifest = harness.write("m.txt", uris);
      String command =
          String.join(
              " ",
              "stty cols " + COLUMNS + ";",
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1 -Xmx512m",
              NomadicImport.class.getName(),
              "--manifest=" + manifest,
              "--apiUrl=" + harness.url(),
              "--apiKeySecret=file:" + harness.keyFile(),
              "--statusTable=" + harness.statusTable(),
              "--requestsPerMinute=0");
      ProcessBuilder builder =
          new ProcessBuilder("script", "-q", "-e", "-c", command, "/dev/null")
              .redirectErrorStream(true);
      builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
      builder.environment().put("TERM", "xterm");
      builder.environment().put("NO_COLOR", "1");
      Process run = builder.start();
      run.getOutputStream().close();
      String seen = new String(run.getInputStream().readAllBytes(), UTF_8);

      assertThat(run.waitFor()).as(seen).isEqualTo(ExitCode.OK);
      String[] lines = seen.split("\n");
      assertThat(lines)
          .as(seen)
          .anyMatch(line -> line.endsWith("\r100.0 % of 50 lines, 50 uploaded, 0 failed\r"))
          .anyMatch(line -> line.startsWith("Run "));
      List<String> drawn =
          Arrays.stream(lines)
              .filter(line -> line.contains(" uploaded, 0 failed"))
              .flatMap(line -> Arrays.stream(line.split("\r")))
              .map(line -> line.replace("\b", ""))
              .toList();
      assertThat(drawn).isNotEmpty().allMatch(line -> line.length() < COLUMNS);
      assertThat(seen).doesNotContain("\u001b");
    }
  }
}
