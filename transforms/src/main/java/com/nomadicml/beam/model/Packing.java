package com.nomadicml.beam.model;

import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;

/**
 * Turns values into their bytes before a shuffle or a state keeps them. The direct runner copies
 * what waits there, by its coder, each time that more of it arrives; bytes cost it next to nothing.
 *
 * @param coder of the values; small once it is serialized, as one of a schema is not
 */
public record Packing<T>(Coder<T> coder) implements Serializable {
  private static final long serialVersionUID = 1L;

  public byte[] pack(T value) {
    try {
      return CoderUtils.encodeToByteArray(coder, value);
    } catch (CoderException e) {
      throw new UncheckedIOException(e);
    }
  }

  public T unpack(byte[] packed) {
    try {
      return CoderUtils.decodeFromByteArray(coder, packed);
    } catch (CoderException e) {
      throw new UncheckedIOException(e);
    }
  }
}
