package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** Entries and rejections as rows, for other languages and for {@link ParseRows}. */
public final class EntryRows {
  static final String MANIFEST = "manifest";
  static final String LINE = "line";

  private static final FieldType TEXTS = FieldType.map(FieldType.STRING, FieldType.STRING);

  /** Of entries: the fields are named as the columns of a manifest are. */
  public static final Schema ENTRY =
      Schema.builder()
          .addStringField("uri")
          .addField("views", TEXTS)
          .addNullableField("folder", FieldType.STRING)
          .addNullableField("scope", FieldType.STRING)
          .addNullableField("integration_id", FieldType.STRING)
          .addField("labels", TEXTS)
          .addStringField(MANIFEST)
          .addInt64Field(LINE)
          .build();

  /** Of rejections: the text of a line that is never sent, and why. */
  public static final Schema REJECTION =
      Schema.builder()
          .addStringField("text")
          .addStringField("error_code")
          .addStringField("error_message")
          .addStringField(MANIFEST)
          .addInt64Field(LINE)
          .build();

  private EntryRows() {}

  public static Row of(ManifestEntry entry) {
    return Row.withSchema(ENTRY)
        .addValues(
            entry.getSourceUri(),
            entry.getViews(),
            entry.getFolder(),
            entry.getScope(),
            entry.getIntegrationId(),
            entry.getLabels(),
            entry.getManifest(),
            entry.getLine())
        .build();
  }

  public static Row of(Rejection rejection) {
    return Row.withSchema(REJECTION)
        .addValues(
            rejection.getText(),
            rejection.getCode(),
            rejection.getMessage(),
            rejection.getManifest(),
            rejection.getLine())
        .build();
  }
}
