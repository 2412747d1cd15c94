package com.nomadicml.beam.pipeline;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether arguments are the text that was typed. They come as bytes, in practice UTF-8, and Java
 * reads them as the locale says: in the locale C, which cron has, each byte of an umlaut becomes a
 * question mark, and a folder another one. The launcher script sees to a UTF-8 locale; a plain
 * {@code java -jar} has to be told.
 */
final class ArgumentText {
  private static final char UNREADABLE = '\uFFFD';

  /** All arguments of this process, as bytes, where the system tells them (proc(5)). */
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private ArgumentText() {}

  /**
   * @throws IllegalArgumentException if an argument can't be what was typed
   */
  static void check(String... args) {
    check(System.getProperty("sun.jnu.encoding", "UTF-8"), commandLine(), args);
  }

  /**
   * @param encoding in which Java read the arguments
   * @param commandLine the bytes that it read, or nothing where they are not known
   */
  static void check(String encoding, byte[] commandLine, String... args) {
    boolean isAscii = true;
    for (byte b : commandLine) {
      isAscii &= b >= 0;
    }
    if (!isAscii && !isUtf8(encoding)) {
      throw new IllegalArgumentException(
          "the command line holds letters that Java can't read in this locale ("
              + encoding
              + "): start it by ./nomadic-import, or set LC_ALL=C.UTF-8 (or another UTF-8 locale)");
    }
    String option = "";
    for (String arg : args) {
      option = arg.startsWith("-") ? arg.replaceFirst("(?s)=.*", "") : option;
      if (arg.indexOf(UNREADABLE) >= 0) {
        throw new IllegalArgumentException(
            (option.isEmpty() ? "an argument" : "the argument " + option)
                + " holds bytes that are no UTF-8: the command line is read as UTF-8, whatever the"
                + " locale");
      }
    }
  }

  private static boolean isUtf8(String encoding) {
    return Charset.isSupported(encoding) && Charset.forName(encoding).name().equals("UTF-8");
  }

  private static byte[] commandLine() {
    try {
      return Files.readAllBytes(COMMAND_LINE);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
