package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a manifest, a header or a table reaches the terminal raw, by whatever command. */
class TerminalTest {
  private static final String RAW = "\u001b]0;PWNED\u0007\u001b[2J\u202eRED\u009b";
  private static final String JSON = "\\u001b]0;PWNED\\u0007\\u001b[2J\\u202eRED\\u009b";

  @TempDir private Path directory;
  private ImportHarness harness;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void aManifestsEscapesAreShown() {
    Path manifest =
        harness.write(
            "escapes.jsonl",
            "{\"views\": {\"" + JSON + "\": \"s3://b/a.mp4\", \"front\": \"s3://b/a.mp4\"}}",
            "{\"uri\": \"s3://b" + JSON + "/a.mp4\"}",
            "{\"uri\": \"s3://b/c.mp4\", \"folder\": \"" + JSON + "\"}");

    Outcome planned = harness.importFrom(manifest, "--dryRun");
    Outcome imported = harness.importFrom(manifest);
    Outcome status = harness.command("status", "--statusTable=" + harness.statusTable());

    for (Outcome outcome : new Outcome[] {planned, imported, status}) {
      assertIsFitToBeShown(outcome);
    }
    assertThat(imported.out() + status.out()).contains("\\u001b");
  }

  @Test
  void aHeadersEscapesAreShown() {
    Outcome outcome = harness.importFrom(harness.write("m.csv", "cam" + RAW + ",x", "a,b"));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).hasLineCount(1).contains("cam\\u001b]0;");
    assertIsFitToBeShown(outcome);
  }

  @Test
  void anOptionsEscapesAreShown() {
    assertIsFitToBeShown(harness.importWith("--manifest=/no/" + RAW + "\nnomadic-import: done"));
    assertIsFitToBeShown(harness.importWith("--manifest=m.txt", "--scope=" + RAW));
    assertIsFitToBeShown(harness.command("job", RAW + "\nx", "--apiUrl=http://127.0.0.1:1"));
    assertIsFitToBeShown(harness.apiCommand("job", "ij_" + RAW));
    assertIsFitToBeShown(harness.command("no" + RAW));
  }

  @Test
  void aLogLineCantBeForged() {
    LogRecord entry = new LogRecord(Level.WARNING, "said: no\n12:00:00 SEVERE forged" + RAW);
    entry.setThrown(
        new IllegalStateException("a\nSEVERE forged", new RuntimeException("b\r\nforged")));

    String text = new VisibleLog().format(entry);

    assertThat(text).contains("no\\u000a12:00:00", "a\\u000aSEVERE", "Caused by: ");
    assertThat(text.lines()).noneMatch(line -> line.strip().startsWith("SEVERE forged"));
    assertThat(text.codePoints().filter(TerminalTest::isObeyed).toArray()).isEmpty();
  }

  private static void assertIsFitToBeShown(Outcome outcome) {
    String shown = outcome.out() + outcome.err();
    assertThat(shown).isNotBlank();
    assertThat(shown.codePoints().filter(TerminalTest::isObeyed).toArray()).as(shown).isEmpty();
    assertThat(shown.lines()).noneMatch("nomadic-import: done"::equals);
  }

  private static boolean isObeyed(int character) {
    return character == 0x202E
        || (Character.getType(character) == Character.CONTROL
            && character != '\n'
            && character != '\t');
  }
}
