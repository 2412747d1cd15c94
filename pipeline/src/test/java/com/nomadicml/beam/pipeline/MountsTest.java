package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are mounted so that nobody, not even root, may write or run what is there. */
@EnabledOnOs(OS.LINUX)
class MountsTest {
  @TempDir private Path directory;
  private Path mounted;

  @BeforeEach
  void makeAPlace() throws Exception {
    mounted = Files.createDirectory(directory.resolve("mounted"));
  }

  @Test
  void aDirectoryOfTemporaryFilesThatNothingRunsFromIsNamed() throws Exception {
    Outcome outcome =
        runAfter(
            "mount -t tmpfs -o noexec tmpfs \"$MOUNTED\"",
            "-Djava.io.tmpdir=" + mounted,
            "status",
            "--statusTable=jdbc:sqlite:" + directory.resolve("status.db"));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err())
        .contains(mounted.toString(), "noexec", "NOMADIC_JAVA_OPTS=-Djava.io.tmpdir=")
        .hasLineCount(1);
  }

  @Test
  void tablesThatCanOnlyBeReadAreRead() throws Exception {
    Path database = mounted.resolve("status.db");
    StatusStore.at("jdbc:sqlite:" + database).createTables();
    Path manifest = Files.writeString(directory.resolve("m.txt"), "s3://drive-data/a.mp4\n");
    String readOnly =
        "mount --bind \"$MOUNTED\" \"$MOUNTED\"; mount -o remount,ro,bind \"$MOUNTED\"";
    String table = "--statusTable=jdbc:sqlite:" + database;

    Outcome status = runAfter(readOnly, "-Xmx1g", "status", table);
    Outcome dryRun =
        runAfter(readOnly, "-Xmx1g", "--emulator", "--dryRun", "--manifest=" + manifest, table);
    Outcome wet = runAfter(readOnly, "-Xmx1g", "--emulator", "--manifest=" + manifest, table);

    assertThat(status.exitCode()).as(status.err()).isEqualTo(ExitCode.OK);
    assertThat(status.out()).contains("no run has used these tables yet");
    assertThat(dryRun.exitCode()).as(dryRun.err()).isEqualTo(ExitCode.OK);
    assertThat(wet.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(wet.err()).contains("can't be written").hasLineCount(1);
  }

  /** Mounts for one process alone; what is mounted is gone with it. */
  private Outcome runAfter(String mount, String javaOption, String... args) throws Exception {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "--map-root-user", "--mount", "bash", "-ec"));
    command.add(mount + "\nexec \"$@\"");
    command.addAll(
        List.of(
            "run",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            javaOption,
            "-cp",
            System.getProperty("java.class.path"),
            NomadicImport.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("MOUNTED", mounted.toString());
    int code = builder.start().waitFor();
    return new Outcome(code, Files.readString(out), Files.readString(err));
  }
}
