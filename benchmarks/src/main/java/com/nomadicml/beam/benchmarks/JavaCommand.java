package com.nomadicml.beam.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a JVM like this one. */
final class JavaCommand {
  private JavaCommand() {}

  /** Runs {@code main} on this JVM's class path. */
  static List<String> of(List<String> jvmOptions, Class<?> main, String... arguments) {
    return of(
        jvmOptions,
        List.of("-cp", System.getProperty("java.class.path"), main.getName()),
        arguments);
  }

  /** Runs {@code jar}. */
  static List<String> ofJar(List<String> jvmOptions, Path jar, String... arguments) {
    return of(jvmOptions, List.of("-jar", jar.toString()), arguments);
  }

  private static List<String> of(List<String> jvmOptions, List<String> what, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(what);
    command.addAll(List.of(arguments));
    return command;
  }
}
