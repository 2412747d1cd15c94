package com.nomadicml.beam.pipeline;

import com.google.common.base.Throwables;
import java.io.PrintStream;

/** {@code --debug}: where a failure comes from, for who looks into the code. */
final class StackTraces {
  private StackTraces() {}

  static boolean areWanted(String... args) {
    boolean wanted = false;
    for (String arg : args) {
      wanted |= arg.equals("--debug") || arg.equals("--debug=true");
    }
    return wanted;
  }

  /**
   * Prints the classes and lines of a failure and its causes. Not their messages: those of
   * libraries may hold what nobody is told, such as a password.
   */
  static void print(Throwable failure, PrintStream err) {
    String before = "";
    for (Throwable cause : Throwables.getCausalChain(failure)) {
      err.println(before + cause.getClass().getName());
      for (StackTraceElement line : cause.getStackTrace()) {
        err.println("  at " + line);
      }
      before = "Caused by: ";
    }
  }
}
