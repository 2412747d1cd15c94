package com.nomadicml.beam.imports;

import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.util.CoderUtils;

/**
 * Turns values into their bytes before a shuffle or a state keeps them. The direct runner copies
 * what waits there, by its coder, each time that more of it arrives; and it serializes coders for
 * every bundle, those of schemas at some milliseconds. Bytes cost it next to nothing.
 */
final class Packing<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final CoderSource<T> source;
  private transient volatile Coder<T> coder;

  private interface CoderSource<T> extends Serializable {
    Coder<T> coder();
  }

  private Packing(CoderSource<T> source) {
    this.source = source;
  }

  /** Of values of a class with a schema. */
  static <T> Packing<T> of(Class<T> type) {
    return new Packing<>(() -> coderOf(type));
  }

  static <T> Packing<List<T>> ofLists(Class<T> type) {
    return new Packing<>(() -> ListCoder.of(coderOf(type)));
  }

  /** Of values by some text. */
  static <T> Packing<Map<String, T>> ofMaps(Class<T> type) {
    return new Packing<>(() -> MapCoder.of(StringUtf8Coder.of(), coderOf(type)));
  }

  /** The coder of a class with a schema. */
  static <T> Coder<T> coderOf(Class<T> type) {
    try {
      return SchemaRegistry.createDefault().getSchemaCoder(type);
    } catch (NoSuchSchemaException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] pack(T value) {
    try {
      return CoderUtils.encodeToByteArray(coder(), value);
    } catch (CoderException e) {
      throw new UncheckedIOException(e);
    }
  }

  T unpack(byte[] packed) {
    try {
      return CoderUtils.decodeFromByteArray(coder(), packed);
    } catch (CoderException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Coder<T> coder() {
    if (coder == null) {
      coder = source.coder();
    }
    return coder;
  }
}
