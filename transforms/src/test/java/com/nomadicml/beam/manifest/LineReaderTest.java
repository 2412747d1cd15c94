package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.manifest.LineReader.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
  private static final int MEBIBYTE = 1 << 20;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 65_536, 10_000_000})
  void linesMayComeInPiecesOfAnySize(int piece) throws IOException {
    String longest = "é".repeat(MEBIBYTE / 2);
    String tooLong = "y".repeat(MEBIBYTE + 1);
    String far = "z".repeat(3 * MEBIBYTE);

    List<Line> lines = read("a\n" + longest + "\n\r\n" + tooLong + "\n" + far + "\r\n😀", piece);

    assertThat(lines)
        .containsExactly(
            new Line(1, "a", "\n", null),
            new Line(2, longest, "\n", null),
            new Line(3, "", "\r\n", null),
            new Line(4, "y".repeat(1_000), "\n", "the line is longer than a mebibyte"),
            new Line(5, "z".repeat(1_000), "\r\n", "the line is longer than a mebibyte"),
            new Line(6, "😀", "", null));
  }

  private static List<Line> read(String text, int piece) throws IOException {
    InputStream inPieces =
        new ByteArrayInputStream(text.getBytes(UTF_8)) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, piece));
          }
        };
    LineReader reader = new LineReader(inPieces);
    List<Line> lines = new ArrayList<>();
    for (Line line = reader.next(); line != null; line = reader.next()) {
      lines.add(line);
    }
    return lines;
  }
}
