package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.VisibleText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Set;

/** The command line: an import, or one of the commands around it. */
public final class NomadicImport {
  /** What only explains something. */
  private static final Set<String> ASKS =
      Set.of("-h", "--help", "-V", "--version", HelpCommand.NAME, CompletionCommand.NAME);

  private NomadicImport() {}

  public static void main(String... args) {
    // Whatever the locale: what is printed holds names from manifests.
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8));
    TerminalLine terminal = new TerminalLine(new FileOutputStream(FileDescriptor.err));
    System.setErr(new PrintStream(terminal, true, UTF_8));
    Interruption interruption = Interruption.ofProcess(System.err);
    QuietLogging.configure();
    try {
      ArgumentText.check(args);
    } catch (IllegalArgumentException e) {
      System.err.println("nomadic-import: " + e.getMessage());
      System.exit(ExitCode.BAD_INPUT);
    }
    try {
      int code = run(terminal, interruption, args);
      System.exit(interruption.code().orElse(code));
    } catch (Error e) {
      // Else the threads that are left would keep a process that does nothing more.
      String why = ImportCommand.lackOfMemory(e).orElseGet(e::toString);
      System.err.println("nomadic-import: the run broke: " + VisibleText.of(why));
      Runtime.getRuntime().halt(ExitCode.BROKEN);
    }
  }

  /** Runs a command and returns an {@link ExitCode}. */
  private static int run(TerminalLine terminal, Interruption interruption, String... args) {
    if (args.length == 0 || !ASKS.contains(args[0])) {
      NativeLibraries.unpackOnce();
    }
    Clock clock = Clock.systemUTC();
    return ToolCommands.run(
        VisibleWriter.to(System.out),
        VisibleWriter.to(System.err),
        clock,
        Sleeper.real(),
        options ->
            new ImportCommand(
                    System.out, System.err, clock, ProgressDisplay.on(terminal), interruption)
                .run(options),
        args);
  }
}
