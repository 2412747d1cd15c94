package com.nomadicml.beam.manifest;

import java.util.List;
import java.util.stream.IntStream;

/** Keys that S3 allows and that readers get wrong. */
final class HostileKeys {
  /** The longest that S3 allows, in bytes. */
  private static final String LONGEST = "é".repeat(510) + ".mp4";

  static final List<String> KEYS =
      List.of(
          "a b.mp4",
          "a+b.mp4",
          "a%20b%2B.mp4",
          "a,b.mp4",
          "say \"hi\".mp4",
          "'single'.mp4",
          "München/日本/😀.mp4",
          "//double//slash/.mp4",
          "q?x=1&y=2#f.MP4",
          "tab\there.mp4",
          "line\nbreak.mp4",
          LONGEST);

  private HostileKeys() {}

  /** What is expected of a file whose rows are these keys: {@code <line> <uri>}. */
  static List<String> lines(String prefix, int firstLine) {
    return IntStream.range(0, KEYS.size())
        .mapToObj(i -> (firstLine + i) + " " + prefix + KEYS.get(i))
        .toList();
  }
}
