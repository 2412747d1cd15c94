package com.nomadicml.beam.manifest;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.PrimitiveStringifier;
import org.apache.parquet.schema.PrimitiveType;

/** A value of a Parquet column as text; times in the way of ISO 8601. */
final class ParquetValue {
  private ParquetValue() {}

  /** The first value of the column; there must be one. */
  static String text(PrimitiveType type, Group group) {
    String name = type.getName();
    PrimitiveStringifier text = type.stringifier();
    return switch (type.getPrimitiveTypeName()) {
      case INT32 -> text.stringify(group.getInteger(name, 0));
      case INT64 -> text.stringify(group.getLong(name, 0));
      case BOOLEAN -> text.stringify(group.getBoolean(name, 0));
      case FLOAT -> text.stringify(group.getFloat(name, 0));
      case DOUBLE -> text.stringify(group.getDouble(name, 0));
      case INT96 -> text.stringify(group.getInt96(name, 0));
      // Some writers leave it unsaid that a column holds texts.
      case BINARY ->
          type.getLogicalTypeAnnotation() == null
              ? group.getBinary(name, 0).toStringUsingUTF8()
              : text.stringify(group.getBinary(name, 0));
      case FIXED_LEN_BYTE_ARRAY -> text.stringify(group.getBinary(name, 0));
    };
  }
}
