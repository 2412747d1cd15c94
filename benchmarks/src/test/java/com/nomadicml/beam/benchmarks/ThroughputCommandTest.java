package com.nomadicml.beam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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
      if (program.isHere()) {
        assertThat(printed.toString()).containsPattern(row(program, FreshTables.SQLITE));
      } else {
        assertThat(printed.toString()).contains("Skipped: " + program.title());
      }
    }
    assertThat(printed.toString())
        .containsPattern(row(Contestant.LAUNCHER, FreshTables.POSTGRESQL))
        .containsPattern(row(Contestant.STRAIGHT_LINE, FreshTables.POSTGRESQL));
  }

  private static String row(Contestant program, String store) {
    return "\\| %d \\| %s \\| %s \\|.*\\| %d \\|".formatted(ITEMS, program.title(), store, ITEMS);
  }
}
