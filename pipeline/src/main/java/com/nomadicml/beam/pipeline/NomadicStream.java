package com.nomadicml.beam.pipeline;

import com.google.common.collect.ObjectArrays;

/**
 * The command line of an import that runs for ever: what the streaming template's launcher starts.
 * A Flex Template hands its parameters over and nothing else, and that it is a stream is none.
 */
public final class NomadicStream {
  private NomadicStream() {}

  public static void main(String... args) {
    NomadicImport.main(streaming(args));
  }

  /** {@code args} as {@link NomadicImport} takes them. */
  static String[] streaming(String... args) {
    return ObjectArrays.concat(args, "--streaming=true");
  }
}
