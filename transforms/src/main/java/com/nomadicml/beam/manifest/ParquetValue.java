package com.nomadicml.beam.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveStringifier;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** A value of a Parquet column as text or JSON; times in the way of ISO 8601. */
final class ParquetValue {
  private ParquetValue() {}

  static boolean isText(Type type) {
    return type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED);
  }

  /** A value of the column; there must be one. */
  static String text(PrimitiveType type, Group group, int field, int index) {
    PrimitiveStringifier text = type.stringifier();
    return switch (type.getPrimitiveTypeName()) {
      case INT32 -> text.stringify(group.getInteger(field, index));
      case INT64 -> text.stringify(group.getLong(field, index));
      case BOOLEAN -> text.stringify(group.getBoolean(field, index));
      case FLOAT -> text.stringify(group.getFloat(field, index));
      case DOUBLE -> text.stringify(group.getDouble(field, index));
      case INT96 -> text.stringify(group.getInt96(field, index));
      // Some writers leave it unsaid that a column holds texts.
      case BINARY ->
          type.getLogicalTypeAnnotation() == null
              ? group.getBinary(field, index).toStringUsingUTF8()
              : text.stringify(group.getBinary(field, index));
      case FIXED_LEN_BYTE_ARRAY -> text.stringify(group.getBinary(field, index));
    };
  }

  /** A column's value or values as JSON has them; lists and maps are what they stand for. */
  @Nullable
  static Object of(Group group, int field) {
    Type type = group.getType().getType(field);
    int count = group.getFieldRepetitionCount(field);
    if (type.isRepetition(Type.Repetition.REPEATED)) {
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        list.add(of(type, group, field, i));
      }
      return list;
    }
    return count == 0 ? null : of(type, group, field, 0);
  }

  private static Object of(Type type, Group group, int field, int index) {
    if (type.isPrimitive()) {
      PrimitiveType primitive = type.asPrimitiveType();
      boolean isPlain = primitive.getLogicalTypeAnnotation() == null;
      return switch (primitive.getPrimitiveTypeName()) {
        case BOOLEAN -> group.getBoolean(field, index);
        case DOUBLE -> group.getDouble(field, index);
        case FLOAT -> group.getFloat(field, index);
        case INT32, INT64 -> {
          String text = text(primitive, group, field, index);
          yield isPlain ? (Object) Long.valueOf(text) : text;
        }
        default -> text(primitive, group, field, index);
      };
    }
    Group nested = group.getGroup(field, index);
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    boolean hasOneField = nested.getType().getFieldCount() == 1;
    if (hasOneField && annotation instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
      return list(nested);
    }
    if (hasOneField && annotation instanceof LogicalTypeAnnotation.MapLogicalTypeAnnotation) {
      return map(nested);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < nested.getType().getFieldCount(); i++) {
      object.put(nested.getType().getFieldName(i), of(nested, i));
    }
    return object;
  }

  /** The elements lie in a group of one field each; older writers leave the group out. */
  private static List<Object> list(Group list) {
    Type repeated = list.getType().getType(0);
    boolean isWrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array")
            && !repeated.getName().endsWith("_tuple");
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      elements.add(isWrapped ? of(list.getGroup(0, i), 0) : of(repeated, list, 0, i));
    }
    return elements;
  }

  private static Map<String, Object> map(Group map) {
    Map<String, Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      Object value = entry.getType().getFieldCount() > 1 ? of(entry, 1) : null;
      entries.put(String.valueOf(of(entry, 0)), value);
    }
    return entries;
  }
}
