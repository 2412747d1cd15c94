package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinePartsTest {
  private static final ManifestPart FILE = ManifestPart.of("m.txt", ManifestFormat.TXT);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 1_000, 1_000_000})
  void thePartsHaveTheLinesOfTheFile(int partBytes) throws IOException {
    Random random = new Random(partBytes);
    for (int round = 0; round < 200; round++) {
      byte[] file = text(random).getBytes(UTF_8);
      List<ManifestPart> parts = LineParts.split(FILE, new ByteArrayInputStream(file), partBytes);
      assertThat(lines(file, parts)).isEqualTo(lines(file, List.of(whole(file))));
      assertThat(parts.stream().mapToLong(ManifestPart::getLength).sum()).isEqualTo(file.length);
      assertThat(parts.subList(0, Math.max(0, parts.size() - 1)))
          .allMatch(part -> part.getLength() >= partBytes);
    }
  }

  @Test
  void aPartEndsWithALine() throws IOException {
    byte[] file = "aaaa\nb\n\ncc".getBytes(UTF_8);
    assertThat(LineParts.split(FILE, new ByteArrayInputStream(file), 3))
        .containsExactly(part(0, 5, 0), part(5, 3, 1), part(8, 2, 3));
  }

  @Test
  void aPartEndsBehindACarriageReturnButNotWithinALineEnd() throws IOException {
    byte[] file = "aaaa\rbb\r\ncc\r\rd".getBytes(UTF_8);
    assertThat(LineParts.split(FILE, new ByteArrayInputStream(file), 3))
        .containsExactly(part(0, 5, 0), part(5, 4, 1), part(9, 3, 2), part(12, 2, 3));
  }

  @Test
  void anEmptyFileHasNoPart() throws IOException {
    assertThat(LineParts.split(FILE, new ByteArrayInputStream(new byte[0]), 3)).isEmpty();
  }

  private static ManifestPart whole(byte[] file) {
    return part(0, file.length, 0);
  }

  private static ManifestPart part(long offset, long length, long rowsBefore) {
    return FILE.toBuilder().setOffset(offset).setLength(length).setRowsBefore(rowsBefore).build();
  }

  private static List<LineReader.Line> lines(byte[] file, List<ManifestPart> parts)
      throws IOException {
    List<LineReader.Line> lines = new ArrayList<>();
    for (ManifestPart part : parts) {
      int start = (int) part.getOffset();
      byte[] bytes = Arrays.copyOfRange(file, start, start + (int) part.getLength());
      LineReader reader = new LineReader(new ByteArrayInputStream(bytes), part.getRowsBefore());
      for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder(random.nextInt(10) == 0 ? "\uFEFF" : "");
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append("aé😀\uFFFD".repeat(random.nextInt(5)))
          .append(List.of("\n", "\r\n", "\r").get(random.nextInt(3)));
    }
    return text.append("x".repeat(random.nextInt(3))).toString();
  }
}
