package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands say of themselves, word for word. */
class HelpTest {
  private static final int LINES = 24;
  private static final int LINES_OF_A_COMMAND = 40;
  private static final int COLUMNS = 80;

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

  private String told(String... args) {
    Outcome outcome = harness.command(args);
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
    assertThat(outcome.err()).isEmpty();
    return outcome.out();
  }

  @Test
  void theProgramExplainsItselfOnAScreen() {
    assertThat(told("--help"))
        .isEqualTo(
            """
            Imports the cloud videos that a manifest lists into NomadicML.

            Usage: nomadic-import [import] --manifest=FILE [OPTIONS]
                   nomadic-import COMMAND [OPTIONS]

            Commands
              import               Imports the videos that a manifest lists.
              integrations         Manages the saved cloud integrations.
            Runs
              status               Shows how far a run is, from the status tables.
              pause, resume, stop  Ask a run to wait, to go on, or to end.
              job                  Shows an import job as the API sees it.
            Others
              emulator             Serves a stand-in for the API until it is stopped.
              completion           Prints a script that completes commands and options.
              help                 Explains a command.

            Examples
              nomadic-import --emulator --manifest=examples/fleet.csv   # try it: no key
              nomadic-import --manifest=s3://fleet/m.csv --dryRun       # see what it costs
              nomadic-import help import                                # explain a command

            More: README.md, docs/options.md. The build: nomadic-import --version
            """);
    assertThat(told("help")).isEqualTo(told("--help"));
    assertThat(told("--help").lines().count()).isLessThanOrEqualTo(LINES);
  }

  @Test
  void anImportExplainsItselfOnAScreen() {
    assertThat(told("import", "--help"))
        .isEqualTo(
            """
            Usage: nomadic-import [import] --manifest=FILE [OPTIONS]
            Imports the videos that a manifest lists.
            Manifests
                  --manifest=FILE       The manifests to import: comma-separated paths or
                                          globs (local, gs:// or s3://), or tables
                                          (bigquery:PROJECT.DATASET.TABLE).
            Destination
                  --folder=TEXT         The folder to import into.
                  --integrations=TEXT   The saved integrations to use: bucket=id,… A gs://
                                          bucket without one uses the saved integration
                                          that covers it.
            Status tables
                  --statusTable=TEXT    Where the status tables are: jdbc:sqlite:FILE, jdbc:
                                          postgresql://HOST/DATABASE or bigquery:PROJECT.
                                          DATASET.
            API
                  --apiKeySecret=TEXT   Where the API key is: env:NAME, file:PATH,
                                          projects/P/secrets/S/versions/V of Secret
                                          Manager, or the ARN of a secret in AWS Secrets
                                          Manager.
            Batches and outcomes
                  --maxAttempts=N       How often to import a failed item in all, across
                                          runs.
            The command only
                  --dryRun              Only plan and report: say what the import would
                                          send, cost and take.
                  --emulator            Start the emulator in this process and import into
                                          it.
                  --progress=PROGRESS   How to show how far the run is, on standard error:
                                          auto (a bar on a terminal, else a line per
                                          minute), bar, plain or none.
              -h, --help                Show this help message and exit.
              -V, --version             Print version information and exit.

            Examples
              nomadic-import --emulator --manifest=examples/fleet.csv
              nomadic-import --manifest=s3://fleet/m.csv.gz --folder=fleet --dryRun

            A flag is set by --dryRun, and unset by --dryRun=false.
            All options: nomadic-import help import --all, or docs/options.md
            """);
    for (String[] way :
        new String[][] {
          {"help", "import"}, {"--emulator", "--help"}, {"import", "-h"}, {"--help=ImportOptions"}
        }) {
      assertThat(told(way)).isEqualTo(told("import", "--help"));
    }
  }

  /** Each with an example, and a link to more. */
  @Test
  void everyCommandExplainsItselfOnAScreen() {
    for (List<String> command : commands()) {
      List<String> words = new ArrayList<>(command);
      words.add("--help");
      String text = told(words.toArray(String[]::new));

      assertThat(text.lines().count()).as(text).isLessThanOrEqualTo(LINES_OF_A_COMMAND);
      assertThat(text.lines()).allMatch(line -> line.length() <= COLUMNS);
      assertThat(text).containsPattern("Examples?\n  nomadic-import |Examples\n  source ");
      assertThat(text).containsPattern("docs/\\w+\\.md|--all");
    }
  }

  private static List<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    CommandLine root =
        ToolCommands.commands(Clock.systemUTC(), Sleeper.real(), args -> ExitCode.OK);
    addBelow(root, List.of(), all);
    assertThat(all).hasSizeGreaterThan(15);
    return all;
  }

  private static void addBelow(CommandLine command, List<String> path, List<List<String>> all) {
    command
        .getSubcommands()
        .forEach(
            (name, below) -> {
              List<String> words = new ArrayList<>(path);
              words.add(name);
              all.add(words);
              addBelow(below, words, all);
            });
  }

  @Test
  void allOptionsAreToldInTheGroupsOfTheirPage() throws Exception {
    Map<String, TreeSet<String>> page =
        groups(
            Files.readString(Path.of("../docs/options.md")), "## ([A-Z].*)|\\| `(--\\w+)` \\|.*");
    String text = told("help", "import", "--all");

    assertThat(groups(text, "([A-Z][\\w ]+)|(?:  -h,|     ) (--\\w+)(?:[ =].*)?")).isEqualTo(page);
    assertThat(text).contains("Default: PT6H", "--streaming");
  }

  private static Map<String, TreeSet<String>> groups(String text, String pattern) {
    Map<String, TreeSet<String>> groups = new LinkedHashMap<>();
    String group = "";
    for (String line : text.split("\n")) {
      Matcher found = Pattern.compile(pattern).matcher(line);
      if (found.matches() && found.group(1) != null) {
        group = found.group(1);
      } else if (found.matches() && !found.group(2).equals("--help")) {
        groups.computeIfAbsent(group, title -> new TreeSet<>()).add(found.group(2));
      }
    }
    return groups;
  }

  @Test
  void theEmulatorTellsAllItsOptionsWhenAsked() {
    assertThat(told("emulator", "--help")).contains("--failedRows").doesNotContain("--hfUnauth");
    assertThat(told("help", "emulator", "--all")).contains("--failedRows", "--hfUnauthorized");
  }

  @Test
  void theVersionNamesWhatItIsMadeOfAndRunsOn() {
    assertThat(told("--version"))
        .matches("nomadic-import .+\nApache Beam 2\\.\\d+\\.\\d+\nJava \\d+.* of .+\n.+ .+\n");
    for (String command : List.of("import", "status")) {
      assertThat(told(command, "--version")).isEqualTo(told("--version"));
    }
    assertThat(Version.ofJar("1.0.0+58f8b18e1680-dirty.2026-11-29"))
        .isEqualTo("1.0.0, build 58f8b18e1680-dirty.2026-11-29");
    assertThat(Arrays.asList(Version.ofJar("1.0.0"), Version.ofJar("1.0.0${build.name}")))
        .containsOnly("1.0.0");
  }
}
