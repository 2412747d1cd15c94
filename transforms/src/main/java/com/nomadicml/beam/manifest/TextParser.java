package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;

/** A URI a line; a line that starts with {@code #} is a comment. */
final class TextParser implements ManifestParser {
  private final long linesBefore;

  /**
   * @param linesBefore lines of the file before what is parsed
   */
  TextParser(long linesBefore) {
    this.linesBefore = linesBefore;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    LineReader lines = new LineReader(in, linesBefore);
    for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
      String text = OddCharacters.strip(line.text());
      if (line.error() != null) {
        sink.unreadable(line.number(), line.text(), line.error());
      } else if (text.isEmpty() || text.startsWith("#")) {
        sink.blank();
      } else {
        sink.row(ManifestRow.ofUri(line.number(), text));
      }
    }
  }
}
