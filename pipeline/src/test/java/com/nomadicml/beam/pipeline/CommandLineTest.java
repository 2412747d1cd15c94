package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line as people type it, right and wrong. */
class CommandLineTest {
  @TempDir private Path directory;
  private ImportHarness harness;
  private Path manifest;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
    manifest = harness.write("good.csv", "uri", "s3://drive-data/a.mp4");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /** With all that an import needs, each value a word of its own. */
  private Outcome type(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--manifest", manifest.toString(), "--apiUrl", harness.url().toString()));
    all.addAll(List.of("--apiKeySecret", "file:" + harness.keyFile()));
    all.addAll(List.of("--statusTable", harness.statusTable(), "--requestsPerMinute", "0"));
    if (ImportHarness.isOnFlink()) {
      all.addAll(List.of("--runner", "FlinkRunner", "--parallelism", "2"));
    }
    return harness.command(all.toArray(String[]::new));
  }

  private void assertIsImportedInto(String folder, Outcome outcome) throws Exception {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(harness.query("SELECT destination FROM import_videos")).contains("user/" + folder);
  }

  @Test
  void anImportMayBeNamedAndValuesMayBeWordsOfTheirOwn() throws Exception {
    assertIsImportedInto("a", type("import", "--folder", "a"));
    assertIsImportedInto("b", type("--folder=b", "--canary", "--expand", "false"));
  }

  @ParameterizedTest
  @CsvSource({"-hello", "-V", "--folder", "@fleet", "a=b=c", "status", "'a \"b\" '"})
  void aValueIsWhatWasTyped(String folder) throws Exception {
    assertIsImportedInto(folder.strip(), type("import", "--folder=" + folder));
    if (!folder.startsWith("--")) {
      assertThat(type("import", "--limit", "1", "--folder", folder).out())
          .contains(" 1 already done");
    }
  }

  @Test
  void aDashIsAValue() {
    assertThat(StatusSchema.valid(type("--summaryJson", "-").out()).at("/lines/total").asInt())
        .isEqualTo(1);
    assertIsRefused(type("--limit", "-1"), "--limit must be at least 0, not -1");
  }

  @Test
  void aFlagTakesTrueAndFalseAlone() throws Exception {
    assertThat(type("--dryRun", "false").out()).contains("the sum holds");
    assertThat(type("--dryRun").out()).doesNotContain("the sum holds");
    assertIsRefused(
        type("--dryRun", "extra.csv"),
        "extra.csv belongs to no option: an option begins with --; see nomadic-import import"
            + " --help");
    assertIsRefused(type("--dryRun=maybe"), "--dryRun=maybe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stauts | there is no command stauts; did you mean status?",
        "stauts --json | there is no command stauts; did you mean status?",
        "sta | there is no command sta; did you mean status?",
        "hlep | there is no command hlep; did you mean help?",
        "m.csv | there is no command m.csv; see nomadic-import --help",
        "sk_live_1 | there is no command of that name; see nomadic-import --help",
        "help stauts | there is no command stauts; did you mean status?",
        "integrations lst | there is no command lst; did you mean list?",
        "status --jsn | there is no option --jsn; did you mean --json?",
        "job ij_1 ij_2 | an argument belongs to no option: an option begins with --; see"
            + " nomadic-import job --help",
        "--manifset=m.csv | there is no option --manifset; did you mean --manifest?",
        "--manifset m.csv | there is no option --manifset; did you mean --manifest?",
        "import --dry-run | there is no option --dry-run; did you mean --dryRun?",
        "--apiKey hunter2 | there is no option --apiKey; did you mean --apiKeySecret?",
        "--statusTableSecret hunter1 hunter2 | the argument behind --statusTableSecret belongs to no"
            + " option: an option begins with --; see nomadic-import import --help",
        "--apiKeySecret=env:KEY hunter2 | the argument behind --apiKeySecret belongs to no option:"
            + " an option begins with --; see nomadic-import import --help",
        "--folder --scope=org | --folder has no value: give it one, or leave it away; see"
            + " nomadic-import import --help",
        "--manifest | --manifest has no value: give it one, or leave it away; see nomadic-import"
            + " import --help",
        "completion fish | Invalid value for positional parameter at index 0 (SHELL): expected one"
            + " of [BASH, ZSH] (case-insensitive) but was 'fish'; see nomadic-import"
            + " completion --help",
      })
  void aMistakeIsOneLine(String words, String said) {
    Outcome outcome = harness.command(words.split(" "));

    assertThat(outcome.err()).isEqualTo("nomadic-import: " + said + "\n");
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  private static void assertIsRefused(Outcome outcome, String said) {
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).startsWith("nomadic-import: " + said).hasLineCount(1);
  }
}
