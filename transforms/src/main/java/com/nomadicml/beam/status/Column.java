package com.nomadicml.beam.status;

import java.io.Serializable;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * One column of a status table: its name, type, and where its value comes from.
 *
 * <p>A value is null, or a {@link String} for {@code KEY} and {@code TEXT}, a {@link Long} for
 * {@code LONG} and {@code TIMESTAMP} (epoch milliseconds), a {@link Boolean} for {@code BOOLEAN}.
 */
record Column<T>(String name, Type type, boolean required, SerializableFunction<T, ?> getter)
    implements Serializable {

  enum Type {
    /** Text of the primary key. */
    KEY,
    TEXT,
    LONG,
    BOOLEAN,
    TIMESTAMP
  }

  @Nullable
  Object valueIn(T row) {
    return storable(givenBy(row));
  }

  /** As the row has it. */
  @Nullable
  Object givenBy(T row) {
    return getter.apply(row);
  }

  /** As the table holds what a row has. */
  @Nullable
  Object storable(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case KEY -> StorableText.key(value.toString());
      case TEXT -> StorableText.of(value.toString());
      case LONG, TIMESTAMP -> ((Number) value).longValue();
      case BOOLEAN -> value;
    };
  }
}
