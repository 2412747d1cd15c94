package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Encodes values of a class with a schema as the schema does, but is known by the class alone. The
 * direct runner serializes the coders of a step for every bundle: a schema's own takes kilobytes
 * and a millisecond, this one next to nothing.
 */
public final class ValueCoder<T> extends CustomCoder<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private transient volatile Coder<T> schemaCoder;

  private ValueCoder(Class<T> type) {
    this.type = type;
  }

  /**
   * @throws IllegalStateException when it is used and the class has no schema
   */
  public static <T> ValueCoder<T> of(Class<T> type) {
    return new ValueCoder<>(type);
  }

  private Coder<T> schemaCoder() {
    if (schemaCoder == null) {
      try {
        schemaCoder = SchemaRegistry.createDefault().getSchemaCoder(type);
      } catch (NoSuchSchemaException e) {
        throw new IllegalStateException(e);
      }
    }
    return schemaCoder;
  }

  @Override
  public void encode(T value, OutputStream out) throws IOException {
    schemaCoder().encode(value, out);
  }

  @Override
  public T decode(InputStream in) throws IOException {
    return schemaCoder().decode(in);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    schemaCoder().verifyDeterministic();
  }

  @Override
  public boolean consistentWithEquals() {
    return schemaCoder().consistentWithEquals();
  }

  @Override
  public Object structuralValue(T value) {
    return schemaCoder().structuralValue(value);
  }

  @Override
  public TypeDescriptor<T> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(type);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueCoder<?> coder && coder.type.equals(type);
  }

  @Override
  public int hashCode() {
    return Objects.hash(ValueCoder.class, type);
  }
}
