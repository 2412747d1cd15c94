package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;

/** Reads the lines of one format, one after the other, without holding the file in memory. */
@FunctionalInterface
interface ManifestParser {

  /**
   * Reads {@code in} to its end.
   *
   * @throws ManifestException when the file can't be read as a whole
   */
  void parse(InputStream in, RowSink sink) throws IOException;

  static ManifestParser of(ManifestFormat format, String path, UriField uriField) {
    return switch (format) {
      case TXT -> new TextParser();
      case CSV -> new DelimitedParser(path, ',', uriField);
      case TSV -> new DelimitedParser(path, '\t', uriField);
      case JSONL -> new JsonLinesParser();
      case JSON -> new JsonArrayParser(path);
      case AUTO -> throw new IllegalArgumentException("the format of " + path + " is not decided");
    };
  }
}
