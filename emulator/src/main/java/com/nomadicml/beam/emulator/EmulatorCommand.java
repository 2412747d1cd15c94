package com.nomadicml.beam.emulator;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code nomadic-import emulator}: serves until it is stopped. */
@Command(
    name = "emulator",
    mixinStandardHelpOptions = true,
    description = "Serves a stand-in for the API until it is stopped.",
    footer = {
      "",
      "Example",
      "  nomadic-import emulator --port=8099 --requestsPerMinute=0",
      "",
      "All options: nomadic-import help emulator --all"
    },
    sortOptions = false)
public final class EmulatorCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 8099;
  private static final int LAST_PORT = 65_535;

  @Mixin private EmulatorOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (spec.commandLine().getParseResult().matchedOption("--port") == null) {
      options.port = DEFAULT_PORT;
    }
    if (options.port < 0 || options.port > LAST_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--port must be from 0 to " + LAST_PORT + ", not " + options.port);
    }
    try (Emulator emulator = Emulator.start(options)) {
      spec.commandLine().getOut().println("The emulator listens on " + emulator.url());
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
