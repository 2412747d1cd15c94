package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.InputStream;

/** A JSON string or object a line. */
final class JsonLinesParser implements ManifestParser {
  private final String path;
  private final long linesBefore;
  private final RowRules rules;

  /**
   * A parser of one file, or of some lines of one.
   *
   * @param linesBefore lines of the file before what is parsed
   */
  JsonLinesParser(String path, long linesBefore, RowRules rules) {
    this.path = path;
    this.linesBefore = linesBefore;
    this.rules = rules;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    LineReader lines = new LineReader(in, linesBefore);
    NestedRows rows = new NestedRows(rules, sink);
    boolean mayBeDocument = linesBefore == 0;
    for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
      String text = OddCharacters.strip(line.text());
      if (line.error() != null) {
        sink.unreadable(line.number(), line.text(), line.error());
      } else if (text.isEmpty()) {
        sink.blank();
      } else {
        try {
          rows.read(JsonRow.JSON.readValue(text, Object.class), line.number(), line.text());
        } catch (JsonProcessingException e) {
          if (JsonRow.isTooDeep(e)) {
            throw new ManifestException(
                "%s, line %d: not JSON: %s".formatted(path, line.number(), JsonRow.problem(e)), e);
          }
          if (mayBeDocument && e instanceof JsonEOFException && goesOn(text)) {
            throw new ManifestException(
                "%s, line %d: the value goes on on the next line, but each line has to be a value:"
                        .formatted(path, line.number())
                    + " for one document say --manifestFormat=json",
                e);
          }
          sink.unreadable(line.number(), line.text(), "not JSON: " + JsonRow.problem(e));
        }
        mayBeDocument = false;
      }
    }
    rows.requireUris(path);
  }

  /** Whether it looks like the first line of a document that is set out over lines. */
  private static boolean goesOn(String text) {
    return "{[,:".indexOf(text.charAt(text.length() - 1)) >= 0;
  }
}
