package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.annotation.Nullable;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** An Avro file of records, or of texts; the line of a row is its place in the file. */
final class AvroParser implements ManifestParser {
  private final String path;
  private final Consumer<List<String>> required;
  private final RowRules rules;
  private final Set<String> nestedNames;

  /**
   * A parser of one file.
   *
   * @param required throws when what it is given, in lower case, lacks a column
   */
  AvroParser(String path, Consumer<List<String>> required, RowRules rules) {
    this.path = path;
    this.required = required;
    this.rules = rules;
    this.nestedNames = rules.nestedNames();
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    AvroBlocks blocks = AvroBlocks.of(in);
    Schema schema = blocks.schema();
    NestedRows nested = new NestedRows(rules, sink);
    if (schema.getType() == Schema.Type.RECORD) {
      List<String> columns =
          schema.getFields().stream().map(field -> field.name().toLowerCase(Locale.ROOT)).toList();
      try {
        required.accept(columns);
      } catch (ManifestException e) {
        throw nested.suggesting(e, firstRows(blocks));
      }
      sink.columns(columns);
    }
    GenericDatumReader<Object> reader = new GenericDatumReader<>(schema);
    long line = 0;
    for (AvroBlocks.Block block = blocks.next(); block != null; block = blocks.next()) {
      BoundedDecoder rows = new BoundedDecoder(block.rows());
      for (long i = 0; i < block.count(); i++) {
        nested.read(value(decoded(reader, rows)), ++line, null);
      }
      if (!rows.isAtEnd()) {
        throw AvroBlocks.damaged("more follows behind the rows of a block");
      }
    }
    if (nested.isLedToUri()) {
      nested.requireUris(path);
    }
  }

  private static List<Object> firstRows(AvroBlocks blocks) throws IOException {
    List<Object> rows = new ArrayList<>();
    AvroBlocks.Block block = blocks.next();
    if (block != null) {
      GenericDatumReader<Object> reader = new GenericDatumReader<>(blocks.schema());
      BoundedDecoder decoder = new BoundedDecoder(block.rows());
      for (long i = 0; i < Math.min(block.count(), NestedRows.MAX_LOOKED_THROUGH); i++) {
        rows.add(AvroValue.of(decoded(reader, decoder)));
      }
    }
    return rows;
  }

  private static Object decoded(GenericDatumReader<Object> reader, BoundedDecoder rows)
      throws IOException {
    try {
      return reader.read(null, rows);
    } catch (IOException | RuntimeException e) { // whatever Avro makes of bytes that are no row
      throw AvroBlocks.damaged(String.valueOf(e.getMessage()));
    }
  }

  /** The row, without objects and lists that are of no use. */
  @Nullable
  private Object value(Object row) {
    if (!(row instanceof GenericRecord fields)) {
      return AvroValue.of(row);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (Schema.Field field : fields.getSchema().getFields()) {
      Object value = fields.get(field.pos());
      if (!AvroValue.isNested(value)
          || nestedNames.contains(field.name().toLowerCase(Locale.ROOT))) {
        values.put(field.name(), AvroValue.of(value));
      }
    }
    return values;
  }
}
