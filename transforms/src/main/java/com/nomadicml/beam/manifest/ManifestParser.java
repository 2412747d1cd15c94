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

  static ManifestParser of(ManifestPart part, UriField uriField) {
    String path = part.getPath();
    Consumer<List<String>> required =
        part.getListing() == ObjectListing.NONE
            ? columns -> uriField.requireAmong(columns, path)
            : columns -> ObjectRows.requireAmong(columns, part);
    return switch (part.getFormat()) {
      case TXT -> new TextParser(part.getRowsBefore());
      case CSV ->
          new DelimitedParser(path, part.getDelimiter().charAt(0), part.getColumns(), required);
      case TSV -> new DelimitedParser(path, '\t', part.getColumns(), required);
      case JSONL -> new JsonLinesParser(part.getRowsBefore());
      case JSON -> new JsonArrayParser(path);
      case AVRO -> new AvroParser(orViews(required));
      case PARQUET -> new ParquetParser(part, orViews(required));
      case AUTO, S3_INVENTORY, S3_BATCH_CSV, GCS_INVENTORY ->
          throw new IllegalArgumentException("the format of " + path + " is not decided");
    };
  }

  /** Where a column can be an object, {@code views} names URIs too. */
  static Consumer<List<String>> orViews(Consumer<List<String>> required) {
    return columns -> {
      if (!columns.contains("views")) {
        required.accept(columns);
      }
    };
  }
}
