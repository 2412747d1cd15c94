package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;

/** A JSON string or object a line. */
final class JsonLinesParser implements ManifestParser {
  private final long linesBefore;

  /**
   * @param linesBefore lines of the file before what is parsed
   */
  JsonLinesParser(long linesBefore) {
    this.linesBefore = linesBefore;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    LineReader lines = new LineReader(in, linesBefore);
    for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
      if (line.error() != null) {
        sink.unreadable(line.number(), line.text(), line.error());
      } else if (line.text().isBlank()) {
        sink.blank();
      } else {
        parse(line, sink);
      }
    }
  }

  private static void parse(LineReader.Line line, RowSink sink) {
    try {
      JsonRow.read(JsonRow.JSON.readTree(line.text()), line.number(), line.text(), sink);
    } catch (JsonProcessingException e) {
      sink.unreadable(line.number(), line.text(), "not JSON: " + JsonRow.problem(e));
    }
  }
}
