package com.nomadicml.beam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ThroughputCommandTest {
  private static final int ITEMS = 200;

  @Test
  void everyProgramUploadsAllOfTheManifest() throws Exception {
    StringWriter printed = new StringWriter();
    CommandLine command = new CommandLine(new ThroughputCommand()).setOut(new PrintWriter(printed));

    int exitCode = command.execute("--sizes=" + ITEMS, "--postgres");

    assertThat(exitCode).describedAs(printed.toString()).isZero();
    for (Contestant program : Contestant.values()) {
      if (program == Contestant.EARLIER) {
        assertThat(printed.toString()).doesNotContain(program.title());
      } else if (program.isHere()) {
        assertThat(printed.toString()).containsPattern(row(program, FreshTables.SQLITE));
      } else {
        assertThat(printed.toString()).contains("Skipped: " + program.title());
      }
    }
    assertThat(printed.toString())
        .containsPattern(row(Contestant.LAUNCHER, FreshTables.POSTGRESQL))
        .containsPattern(row(Contestant.STRAIGHT_LINE, FreshTables.POSTGRESQL));
  }

  @Test
  void bothJavaProgramsHaveTheOptionsOfTheLauncher() throws IOException {
    String launcher = Files.readString(Path.of("..", "nomadic-import"));

    assertThat(launcher).contains(ThroughputCommand.LAUNCHER_OPTIONS);
  }

  private static String row(Contestant program, String store) {
    return "\\| %d \\| %s \\| %s \\|.*\\| %d \\|".formatted(ITEMS, program.title(), store, ITEMS);
  }
}
