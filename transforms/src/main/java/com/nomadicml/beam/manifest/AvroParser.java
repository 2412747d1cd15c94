package com.nomadicml.beam.manifest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import javax.annotation.Nullable;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.InvalidAvroMagicException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** An Avro file of records, or of texts; the line of a row is its place in the file. */
final class AvroParser implements ManifestParser {
  private final Consumer<List<String>> required;

  AvroParser(Consumer<List<String>> required) {
    this.required = required;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    AvroEnd bytes = AvroEnd.of(in);
    try (DataFileStream<Object> rows = new DataFileStream<>(bytes, new GenericDatumReader<>())) {
      if (rows.getSchema().getType() == Schema.Type.RECORD) {
        required.accept(
            rows.getSchema().getFields().stream()
                .map(field -> field.name().toLowerCase(Locale.ROOT))
                .toList());
      }
      for (long line = 1; rows.hasNext(); line++) {
        if (rows.getBlockCount() == 0) {
          throw new EOFException("its first block is cut short");
        }
        read(rows.next(), line, sink);
      }
      bytes.requireWhole();
    } catch (AvroRuntimeException | InvalidAvroMagicException e) {
      throw new IOException("not an Avro file, or a damaged one: " + e.getMessage(), e);
    }
  }

  private static void read(Object value, long line, RowSink sink) {
    if (value instanceof GenericRecord row) {
      Object views = row.hasField("views") ? row.get("views") : null;
      sink.row(new ManifestRow(line, null, texts(row), texts(views)));
    } else if (value instanceof CharSequence uri) {
      sink.row(ManifestRow.ofUri(line, uri.toString()));
    } else {
      sink.unreadable(line, String.valueOf(value), "neither a record nor a text");
    }
  }

  private static Map<String, String> texts(@Nullable Object container) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (container instanceof GenericRecord row) {
      for (Schema.Field field : row.getSchema().getFields()) {
        put(texts, field.name(), row.get(field.pos()));
      }
    } else if (container instanceof Map<?, ?> map) {
      map.forEach((name, value) -> put(texts, name.toString(), value));
    }
    return texts;
  }

  private static void put(Map<String, String> texts, String name, @Nullable Object value) {
    boolean isText =
        value instanceof CharSequence
            || value instanceof Number
            || value instanceof Boolean
            || value instanceof Enum<?>
            || value instanceof org.apache.avro.generic.GenericEnumSymbol<?>;
    if (isText && !value.toString().isBlank()) {
      texts.putIfAbsent(name.toLowerCase(Locale.ROOT), value.toString());
    }
  }
}
