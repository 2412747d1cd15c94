package com.nomadicml.beam.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;

/**
 * A launcher as a user starts it.
 *
 * @param jar what it runs
 * @param command how it is started, without the user's arguments
 */
record WeighedProgram(Path jar, List<String> command) {

  /** The launcher of this checkout. */
  static WeighedProgram ofCheckout() {
    Path home = Path.of(System.getProperty("nomadic.home"));
    return new WeighedProgram(
        home.resolve("pipeline/target/nomadic-import.jar"),
        List.of(home.resolve("nomadic-import").toString()));
  }

  /** The jar of another version, as its launcher started it. */
  static WeighedProgram ofJar(Path jar) {
    return new WeighedProgram(
        jar, JavaCommand.ofJar(ThroughputCommand.EARLIER_OPTIONS, jar, new String[0]));
  }

  /**
   * Starts it.
   *
   * @param temporary where its temporary files go, if not to the usual place
   * @param log all that it prints is appended there
   */
  Process start(@Nullable Path temporary, Path log, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("NOMADIC_API_KEY", "sk-benchmark");
    if (temporary != null) {
      builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    }
    return builder.start();
  }
}
