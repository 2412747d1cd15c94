package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The README stays one page that can be read once. */
class ReadmeTest {
  private static String readme;

  @BeforeAll
  static void read() throws Exception {
    readme = Files.readString(Path.of("../README.md"));
  }

  @Test
  void itIsOnePage() {
    assertThat(readme.lines().count()).isBetween(80L, 110L);
    assertThat(readme.strip().split("\\s+")).hasSizeLessThan(1300);
  }

  @Test
  void itsSentencesAreShort() {
    List<Integer> lengths =
        sentences(readme).stream().map(sentence -> sentence.split("\\s+").length).toList();

    assertThat(lengths)
        .hasSizeGreaterThan(20)
        .allSatisfy(n -> assertThat(n).isLessThanOrEqualTo(40));
    assertThat(lengths.stream().mapToInt(Integer::intValue).average().orElseThrow())
        .isLessThanOrEqualTo(18);
  }

  /** Without code, tables and headings; a link counts as its words. */
  private static List<String> sentences(String markdown) {
    String prose =
        markdown
            .replaceAll("(?s)```.*?```", "\n\n")
            .replaceAll("(?m)^(\\||#).*$", "")
            .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
            .replaceAll("(?m)^- ", "\n");
    return Arrays.stream(prose.split("(?<=[.?!:])\\s+|\n\\s*\n"))
        .map(String::strip)
        .filter(sentence -> !sentence.isEmpty())
        .toList();
  }
}
