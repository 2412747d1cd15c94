package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the jar as processes of their own: what comes from the environment is there. */
class StandaloneTest {
  private static final String KEY = "sk-standalone-0123456789";
  private static final Pattern ADDRESS = Pattern.compile("http://\\S+");

  @TempDir private Path directory;
  private Process emulator;
  private String url;

  @BeforeEach
  void startTheEmulator() throws IOException {
    emulator = start(Map.of(), "emulator", "--port=0", "--apiKey=" + KEY);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(emulator.getInputStream(), UTF_8));
    Matcher address = ADDRESS.matcher(out.readLine());
    assertThat(address.find()).isTrue();
    url = address.group();
  }

  @AfterEach
  void stopTheEmulator() throws InterruptedException {
    emulator.destroyForcibly().waitFor();
  }

  @Test
  void anImportTakesItsKeyFromTheEnvironment() throws Exception {
    Path manifest = Files.writeString(directory.resolve("m.txt"), "s3://drive-data/a.mp4\n");
    String[] command = {
      "--apiUrl=" + url,
      "--manifest=" + manifest,
      "--statusTable=jdbc:sqlite:" + directory.resolve("status.db")
    };

    Outcome outcome = run(Map.of("NOMADIC_API_KEY", KEY), command);
    Outcome without = run(Map.of(), command);

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out()).contains("the sum holds").doesNotContain(KEY);
    assertThat(without.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(without.err()).contains("NOMADIC_API_KEY").hasLineCount(1);
  }

  /** All of a SQLite database is in its file once nobody has it open, and copies as one file. */
  @Test
  void nothingLiesBesideTheTablesOfAnImportThatHasEnded() throws Exception {
    Path manifest = Files.writeString(directory.resolve("m.txt"), "s3://drive-data/a.mp4\n");

    Outcome outcome =
        run(
            Map.of("NOMADIC_API_KEY", KEY),
            "--apiUrl=" + url,
            "--manifest=" + manifest,
            "--summaryJson=" + directory.resolve("summary.json"),
            "--statusTable=jdbc:sqlite:" + directory.resolve("status.db"));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(ofTheTables()).containsExactly("status.db");
  }

  @Test
  void nothingLiesBesideTheTablesOfAStreamThatWasEnded() throws Exception {
    Files.writeString(directory.resolve("m.txt"), "s3://drive-data/a.mp4\n");
    Process stream =
        start(
            Map.of("NOMADIC_API_KEY", KEY),
            "--apiUrl=" + url,
            "--streaming",
            "--manifest=" + directory + "/*.txt",
            "--maxBatchDelay=PT1S",
            "--statusTable=jdbc:sqlite:" + directory.resolve("status.db"));
    try {
      while (!status().contains("\"uploaded\":1")) {
        assertThat(stream.isAlive()).isTrue();
      }
    } finally {
      stream.destroy();
    }

    assertThat(stream.waitFor()).isEqualTo(ExitCode.TERMINATED);
    assertThat(ofTheTables()).containsExactly("status.db");
  }

  private String status() throws Exception {
    Path tables = directory.resolve("status.db");
    return run(Map.of(), "status", "--json", "--statusTable=jdbc:sqlite:" + tables)
        .out()
        .replace(" ", "");
  }

  private List<String> ofTheTables() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("status.db"))
          .toList();
    }
  }

  @Test
  void integrationsTakeTheirCredentialsFromTheEnvironment() throws Exception {
    Map<String, String> credentials =
        Map.of(
            "NOMADIC_API_KEY", KEY,
            "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY", "aws-secret",
            "HF_TOKEN", "hf-secret");

    Outcome s3 = add(credentials, "s3", "--name=s", "--bucket=drives", "--region=eu-west-1");
    Outcome hf = add(credentials, "hf-bucket", "--name=h", "--bucket=me/data");
    Outcome without = add(Map.of("NOMADIC_API_KEY", KEY), "s3", "--name=x", "--bucket=y");

    assertThat(s3.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(hf.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(s3.out() + s3.err()).contains("s3\tdrives").doesNotContain("aws-secret");
    assertThat(hf.out() + hf.err()).contains("hf_bucket\tme/data").doesNotContain("hf-secret");
    assertThat(without.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(without.err()).contains("AWS_ACCESS_KEY_ID").hasLineCount(1);
    assertThat(run(credentials, "integrations", "list", "--apiUrl=" + url).out())
        .contains("s3\tdrives", "hf_bucket\tme/data")
        .doesNotContain("secret");
  }

  private Outcome add(Map<String, String> environment, String type, String... options)
      throws Exception {
    List<String> args = new ArrayList<>(List.of("integrations", "add", type, "--apiUrl=" + url));
    args.addAll(List.of(options));
    return run(environment, args.toArray(new String[0]));
  }

  private Outcome run(Map<String, String> environment, String... args) throws Exception {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    int code =
        builder(environment, args)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Outcome(code, Files.readString(out), Files.readString(err));
  }

  private static Process start(Map<String, String> environment, String... args) throws IOException {
    return builder(environment, args).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static ProcessBuilder builder(Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx1g"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(NomadicImport.class.getName());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Nothing of the environment that the tests run in.
    builder.environment().keySet().removeIf(name -> name.matches("(AWS|NOMADIC|HF|GOOGLE)_.*"));
    builder.environment().putAll(environment);
    return builder;
  }
}
