package com.nomadicml.beam.model;

import java.io.Serializable;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * The coder of a class with a schema, known by the class alone. The direct runner serializes the
 * coders of a step for every bundle: a schema's own takes kilobytes and a millisecond, this one
 * next to nothing.
 */
public final class ValueCoder<T> extends SchemaCoder<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;

  private ValueCoder(Class<T> type, SchemaRegistry registry) throws NoSuchSchemaException {
    super(
        registry.getSchema(type),
        TypeDescriptor.of(type),
        registry.getToRowFunction(type),
        registry.getFromRowFunction(type));
    this.type = type;
  }

  /**
   * @throws IllegalArgumentException when the class has no schema
   */
  public static <T> ValueCoder<T> of(Class<T> type) {
    try {
      return new ValueCoder<>(type, SchemaRegistry.createDefault());
    } catch (NoSuchSchemaException e) {
      throw new IllegalArgumentException(type + " has no schema", e);
    }
  }

  private Object writeReplace() {
    return new Reference<>(type);
  }

  private record Reference<T>(Class<T> type) implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return of(type);
    }
  }
}
