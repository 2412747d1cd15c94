package com.nomadicml.beam.manifest;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.ManifestEntry;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;

/** A line whose URI is a pattern. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
abstract class WildcardLine {
  /** Its entry, with the pattern as source URI. */
  abstract ManifestEntry getPattern();

  /** The line's text. */
  abstract String getRaw();

  @SchemaCreate
  static WildcardLine of(ManifestEntry pattern, String raw) {
    return new AutoValue_WildcardLine(pattern, raw);
  }
}
