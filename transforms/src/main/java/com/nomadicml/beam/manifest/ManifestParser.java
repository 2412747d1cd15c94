package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** Reads the rows of one format, one after the other, without holding the file in memory. */
@FunctionalInterface
interface ManifestParser {

  /**
   * Reads {@code in}, decompressed, to its end.
   *
   * @throws ManifestException when the file can't be read as a whole
   */
  void parse(InputStream in, RowSink sink) throws IOException;

  static ManifestParser of(ManifestPart part, RowRules rules) {
    String path = part.getPath();
    boolean isListing = part.getListing() != ObjectListing.NONE;
    Consumer<List<String>> nesting =
        isListing
            ? columns -> ObjectRows.requireAmong(columns, part)
            : columns -> rules.requireUriWithin(columns, path);
    Consumer<List<String>> required =
        isListing ? nesting : columns -> rules.requireUriAmong(columns, path);
    return switch (part.getFormat()) {
      case TXT -> new TextParser(part.getRowsBefore());
      case CSV, TSV -> delimited(part, required);
      case JSONL -> new JsonLinesParser(path, part.getRowsBefore(), rules);
      case JSON -> new JsonDocumentParser(path, rules);
      case AVRO -> new AvroParser(path, nesting, rules);
      case PARQUET -> new ParquetParser(part, nesting, rules);
      case AUTO, S3_INVENTORY, S3_BATCH_CSV, GCS_INVENTORY ->
          throw new IllegalArgumentException("the format of " + path + " is not decided");
    };
  }

  /**
   * The header of a delimited file that has one.
   *
   * @throws ManifestException when it names no column for the URI
   */
  static DelimitedParser.Header header(ManifestPart file, RowRules rules, InputStream in)
      throws IOException {
    return delimited(file, columns -> rules.requireUriAmong(columns, file.getPath())).header(in);
  }

  private static DelimitedParser delimited(ManifestPart part, Consumer<List<String>> required) {
    return new DelimitedParser(
        part.getPath(), delimiters(part), part.getColumns(), part.getRowsBefore(), required);
  }

  /** What may part the columns, most likely first, where nobody has told it. */
  private static String delimiters(ManifestPart part) {
    if (part.getListing() != ObjectListing.NONE || !part.getColumns().isEmpty()) {
      return part.getDelimiter();
    }
    return part.getFormat() == ManifestFormat.TSV ? "\t,;|" : ",;\t|";
  }
}
