package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.Sleeper;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM. The first is answered at once with one line; what is under way is then
 * finished and written, within {@link #GRACE}. The second ends the process.
 */
final class Interruption {
  /** How long requests in flight may take. What is cut off then is in doubt for the next run. */
  static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration CLEANING = Duration.ofMillis(500);

  /** As shells have it: 128 and the number of the signal. */
  private static final Map<String, Integer> CODES =
      Map.of("INT", ExitCode.INTERRUPTED, "TERM", ExitCode.TERMINATED);

  private static final Map<String, String> NAMES = Map.of("INT", "Ctrl-C", "TERM", "SIGTERM");

  /** What a process is at, and so what ending it means. */
  enum Work {
    /** A command that changes nothing. */
    COMMAND("", false),
    /** An import that has sent nothing yet. */
    PREPARATION(": nothing was sent; run again with the same command", false),
    /** A run in this process. */
    RUN(
        ": what is under way is finished and written, within ten seconds at most (again ends at"
            + " once); run again with the same command to go on",
        true),
    /** A run elsewhere, which this process only shows. */
    ELSEWHERE(
        ": the job goes on, as this process only shows it; cancel or drain it where it runs",
        false);

    private final String meaning;
    private final boolean isFinished;

    Work(String meaning, boolean isFinished) {
      this.meaning = meaning;
      this.isFinished = isFinished;
    }
  }

  /** Thrown through a run that a signal ends, once nothing is under way any more. */
  static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final PrintStream err;
  private final Sleeper sleeper;
  private final IntConsumer end;
  private volatile Work work = Work.COMMAND;
  private volatile int code;

  /**
   * @param sleeper waits for what is under way
   * @param end ends the process with a code
   */
  Interruption(PrintStream err, Sleeper sleeper, IntConsumer end) {
    this.err = err;
    this.sleeper = sleeper;
    this.end = end;
  }

  /** Of this process, from now on. A signal that the caller ignores stays ignored. */
  static Interruption ofProcess(PrintStream err) {
    Interruption interruption = new Interruption(err, Sleeper.real(), Interruption::endProcess);
    CODES.keySet().forEach(name -> Signals.register(name, () -> interruption.signalled(name)));
    return interruption;
  }

  /** In order, if that is done at once: a hook may wait for what is hung. */
  private static void endProcess(int code) {
    Thread exit = new Thread(() -> System.exit(code), "exit");
    exit.setDaemon(true);
    exit.start();
    try {
      exit.join(CLEANING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(code);
  }

  /** Of a run that no signal ends. */
  static Interruption none() {
    return new Interruption(System.err, Sleeper.real(), any -> {});
  }

  /** Says what the process is at from now on. */
  void during(Work newWork) {
    work = newWork;
  }

  /** Takes a signal; returns once the process is to have ended. */
  void signalled(String name) {
    Work interrupted;
    synchronized (this) {
      boolean isFirst = code == 0;
      interrupted = isFirst ? work : Work.COMMAND;
      code = isFirst ? CODES.get(name) : code;
      if (isFirst) {
        // A progress line may stand there.
        err.println();
        err.println("nomadic-import: ended by " + NAMES.get(name) + interrupted.meaning);
      }
    }
    try {
      if (interrupted.isFinished) {
        sleeper.sleep(GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end.accept(code);
  }

  /** The exit code of a process that a signal ends. */
  OptionalInt code() {
    return code == 0 ? OptionalInt.empty() : OptionalInt.of(code);
  }

  /**
   * To be asked where nothing is under way.
   *
   * @throws EndedException if a signal has come
   */
  void throwIfSignalled() {
    if (code != 0) {
      throw new EndedException();
    }
  }
}
