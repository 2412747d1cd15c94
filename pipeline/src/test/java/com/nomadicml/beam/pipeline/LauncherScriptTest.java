package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code nomadic-import} in a checkout of its own. Its jar runs the real program, by the
 * class path of the tests; a Maven in its place notes that it was called.
 */
class LauncherScriptTest {
  private static final String BUILDS =
      "echo built >> \"$BUILDS\"\nmkdir -p pipeline/target\n"
          + "cp \"$PREPARED\" pipeline/target/nomadic-import.jar\n"
          + "pipeline/sources > pipeline/target/nomadic-import.jar.sources\n";

  private static final String[] TOOLS = {
    "bash",
    "cat",
    "cksum",
    "dirname",
    "env",
    "find",
    "flock",
    "locale",
    "mkdir",
    "readlink",
    "rm",
    "sort",
    "tr",
    "xargs"
  };

  @TempDir private Path directory;
  private Path checkout;
  private Path tools;

  @BeforeEach
  void checkOut() throws Exception {
    checkout = directory.resolve("a checkout");
    for (String file :
        List.of("pom.xml", "emulator/pom.xml", "transforms/pom.xml", "pipeline/pom.xml")) {
      write(file, "<project/>");
    }
    for (String module : List.of("emulator", "transforms", "pipeline")) {
      write(module + "/src/main/java/A.java", "class A {}");
    }
    for (String script : List.of("nomadic-import", "pipeline/sources")) {
      Files.copy(Path.of("..").resolve(script), checkout.resolve(script));
    }
    tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool : TOOLS) {
      link(tool);
    }
    Files.createSymbolicLink(
        tools.resolve("java"), Path.of(System.getProperty("java.home"), "bin", "java"));
    prepareJar();
  }

  private void link(String tool) throws IOException {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path program = Path.of(folder, tool);
      if (Files.isExecutable(program)) {
        Files.createSymbolicLink(tools.resolve(tool), program);
        return;
      }
    }
  }

  private void prepareJar() throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, NomadicImport.class.getName());
    main.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(directory.resolve("prepared.jar"))) {
      new JarOutputStream(out, manifest).close();
    }
  }

  private Path write(String name, String text) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void installMaven(String body) throws IOException {
    Path cp = tools.resolve("cp");
    if (!Files.exists(cp)) {
      link("cp");
    }
    Path maven = Files.writeString(tools.resolve("mvn"), "#!/usr/bin/env bash\n" + body);
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> builds() throws IOException {
    Path builds = directory.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
  }

  private Outcome run(Path script, String... args) throws Exception {
    return end(start("C.UTF-8", script, args));
  }

  private record Running(Process process, Path out, Path err) {}

  private Running start(String locale, Path script, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(args));
    return start(locale, command);
  }

  private Running start(String locale, List<String> command) throws IOException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("LC_ALL", locale);
    builder.environment().put("BUILDS", directory.resolve("builds").toString());
    builder.environment().put("PREPARED", directory.resolve("prepared.jar").toString());
    builder.environment().put("NOMADIC_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx1g");
    return new Running(builder.start(), out, err);
  }

  private static Outcome end(Running running) throws Exception {
    int code = running.process().waitFor();
    return new Outcome(code, Files.readString(running.out()), Files.readString(running.err()));
  }

  @Test
  void aJarIsBuiltOnceAndAgainWhenASourceIsAnother() throws Exception {
    installMaven(BUILDS);
    Path script = checkout.resolve("nomadic-import");

    assertThat(run(script, "--version").out()).startsWith("nomadic-import ");
    assertThat(run(script, "--version").exitCode()).isEqualTo(ExitCode.OK);
    assertThat(builds()).hasSize(1);

    Path source = checkout.resolve("emulator/src/main/java/A.java");
    // Newer than the jar, and what it was.
    Files.writeString(source, Files.readString(source));
    run(script, "--version");
    assertThat(builds()).hasSize(1);

    Files.writeString(source, "class A { int changed; }");
    run(script, "--version");
    assertThat(builds()).hasSize(2);
  }

  @Test
  void itIsFoundThroughLinksFromAnywhere() throws Exception {
    installMaven(BUILDS);
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("first"), Path.of("../a checkout/nomadic-import"));
    Files.createSymbolicLink(bin.resolve("second"), Path.of("first"));

    Outcome outcome = run(bin.resolve("second"), "--version");

    assertThat(outcome.out()).startsWith("nomadic-import ");
    assertThat(checkout.resolve("pipeline/target/nomadic-import.jar")).exists();
  }

  @Test
  void withoutMavenAJarOfOtherSourcesIsUsedWithAWarning() throws Exception {
    installMaven(BUILDS);
    Path script = checkout.resolve("nomadic-import");
    run(script, "--version");
    Files.delete(tools.resolve("mvn"));

    assertThat(run(script, "--version").err()).isEmpty();

    write("emulator/src/main/java/A.java", "class A { int changed; }");
    Outcome stale = run(script, "--version");
    assertThat(stale.out()).startsWith("nomadic-import ");
    assertThat(stale.err()).contains("warning", "other sources", "no Maven").hasLineCount(1);

    Files.delete(checkout.resolve("pipeline/target/nomadic-import.jar"));
    Outcome missing = run(script, "--version");
    assertThat(missing.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(missing.err())
        .contains("nomadic-import.jar is not there", "install")
        .hasLineCount(1);
  }

  @Test
  void twoThatStartAtOnceBuildOnce() throws Exception {
    installMaven(BUILDS);
    Path script = checkout.resolve("nomadic-import");
    Running first = start("C.UTF-8", script, "--version");
    Running second = start("C.UTF-8", script, "--version");

    assertThat(end(first).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(end(second).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(builds()).hasSize(1);
  }

  @Test
  void anOptionIsFoundInWhateverFormItHas() throws Exception {
    for (String[] form :
        new String[][] {
          {"--runner=FlinkRunner"}, {"import", "--limit", "1", "--runner", "FlinkRunner"}
        }) {
      assertThat(run(checkout.resolve("nomadic-import"), form).err())
          .contains("nomadic-import-flink.jar is not there");
    }
    installMaven(BUILDS);
    Path manifest = Files.writeString(directory.resolve("m.txt"), "s3://drive-data/a.mp4");
    Path database = directory.resolve("named.db");

    Outcome outcome =
        run(
            checkout.resolve("nomadic-import"),
            "import",
            "--emulator",
            "--manifest",
            manifest.toString(),
            "--statusTable",
            "jdbc:sqlite:" + database);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(database).exists();
  }

  @Test
  void whyABuildFailedIsShown() throws Exception {
    installMaven("echo '[ERROR] cannot find symbol'\nexit 1\n");

    Outcome outcome = run(checkout.resolve("nomadic-import"), "--version");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BROKEN);
    assertThat(outcome.err()).contains("cannot find symbol", "the build failed");
  }

  @Test
  void aFolderIsTheSameInEveryLocale() throws Exception {
    installMaven(BUILDS);
    Path manifest = directory.resolve("m\u00fc.csv");
    Files.writeString(manifest, "uri,camera\ns3://drive-data/a.mp4,fr\u00e4nt\nnonsense,\u00fc\n");
    for (String locale : List.of("C", "C.UTF-8")) {
      Path database = directory.resolve(locale + ".db");
      Outcome outcome =
          end(
              start(
                  locale,
                  checkout.resolve("nomadic-import"),
                  "--emulator",
                  "--manifest=" + manifest,
                  "--folder=Z\u00fcrich",
                  "--label=camera",
                  "--deadLetter=" + directory.resolve("dead-" + locale),
                  "--statusTable=jdbc:sqlite:" + database));

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(rows(database))
          .containsExactly("user/Z\u00fcrich {\"camera\":\"fr\u00e4nt\"} " + manifest);
      assertIsPrivate(database, "rw-------");
      assertIsPrivate(directory.resolve("dead-" + locale), "rwx------");
      try (var letters = Files.list(directory.resolve("dead-" + locale))) {
        assertThat(letters.toList())
            .isNotEmpty()
            .allSatisfy(letter -> assertIsPrivate(letter, "rw-------"));
      }
    }
  }

  private static void assertIsPrivate(Path file, String mode) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo(mode);
  }

  private static List<String> rows(Path database) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        ResultSet found =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT destination || ' ' || labels || ' ' || manifest FROM import_videos"
                        + " WHERE state = 'UPLOADED'")) {
      while (found.next()) {
        rows.add(found.getString(1));
      }
    }
    return rows;
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() throws Exception {
    installMaven(BUILDS);
    Path call = directory.resolve("call.sh");
    Files.write(
        call,
        "exec 'a checkout/nomadic-import' --emulator --folder=Z\u00fcrich".getBytes("ISO-8859-1"));

    Outcome outcome = end(start("C", List.of(tools.resolve("bash").toString(), call.toString())));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains("--folder", "no UTF-8");
  }

  @Test
  void withoutTheScriptALocaleWithoutUmlautsIsRefused() throws Exception {
    Path jar = directory.resolve("prepared.jar");
    List<String> command =
        List.of(
            tools.resolve("java").toString(),
            "-jar",
            jar.toString(),
            "--emulator",
            "--folder=Z\u00fcrich");

    Outcome outcome = end(start("C", command));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains("LC_ALL=C.UTF-8").hasLineCount(1);
  }
}
