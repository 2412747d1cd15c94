package com.nomadicml.beam.manifest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericRecord;

/**
 * A value of an Avro row as JSON has it: a map, a list, a text, a number, a truth value or null.
 */
final class AvroValue {
  private AvroValue() {}

  static boolean isNested(@Nullable Object value) {
    return value instanceof GenericRecord
        || value instanceof Map<?, ?>
        || value instanceof Collection<?>;
  }

  /** Bytes are null, as they are no text. */
  @Nullable
  static Object of(@Nullable Object value) {
    if (value instanceof GenericRecord row) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (Schema.Field field : row.getSchema().getFields()) {
        object.put(field.name(), of(row.get(field.pos())));
      }
      return object;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> object = new LinkedHashMap<>();
      map.forEach((name, element) -> object.put(name.toString(), of(element)));
      return object;
    }
    if (value instanceof Collection<?> elements) {
      List<Object> list = new ArrayList<>();
      elements.forEach(element -> list.add(of(element)));
      return list;
    }
    if (value instanceof CharSequence || value instanceof GenericEnumSymbol<?>) {
      return value.toString();
    }
    return value instanceof Number || value instanceof Boolean ? value : null;
  }
}
