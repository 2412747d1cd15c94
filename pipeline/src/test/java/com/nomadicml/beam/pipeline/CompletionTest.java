package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script for completion, in a real bash. */
class CompletionTest {
  /** Calls what is registered for the program, as bash does. */
  private static final String ASK =
      """
      source completion
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      COMP_LINE=$*
      COMP_POINT=${#COMP_LINE}
      [[ $(complete -p nomadic-import) =~ -F\\ ([^ ]+) ]]
      "${BASH_REMATCH[1]}" 2>/dev/null
      printf '%s\n' "${COMPREPLY[@]}" | sort
      """;

  @TempDir private Path directory;

  @BeforeEach
  void makeScript() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome script = harness.command("completion", "bash");
      assertThat(script.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(script.err()).isEmpty();
      assertThat(harness.command("completion", "zsh").out()).isEqualTo(script.out());
      Files.writeString(directory.resolve("completion"), script.out());
      Files.writeString(directory.resolve("ask"), ASK);
    }
  }

  private List<String> completed(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "ask", "nomadic-import"));
    command.addAll(List.of(words));
    Process bash =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(bash.getInputStream().readAllBytes(), UTF_8)
        .lines()
        .map(String::strip)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "st, status stop",
    "import --man, --manifest --manifestFormat --manifestQuery",
    "--man, --manifest --manifestFormat --manifestQuery",
    "--manifest m.csv --dry, --dryRun",
    "--scope o, org",
    "--scope = o, org",
    "--runner = F, FlinkRunner",
    "--manifest = fle, fleet.csv",
    "integrations a, add",
    "emulator --idempotency H, HONOUR",
    "completion z, zsh",
    "status --exit, --exit-code",
  })
  void wordsAreCompleted(String words, String completions) throws Exception {
    Files.writeString(directory.resolve("fleet.csv"), "uri");

    assertThat(completed(words.split(" "))).containsExactly(completions.split(" "));
  }

  @Test
  void behindAnEqualsSignAllValuesAreOffered() throws Exception {
    assertThat(completed("--progress", "=")).containsExactly("auto", "bar", "none", "plain");
  }
}
