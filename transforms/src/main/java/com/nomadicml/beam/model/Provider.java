package com.nomadicml.beam.model;

import java.util.Locale;

/** Where a video lies. The cloud-import API has one endpoint for each (contract, section 4). */
public enum Provider {
  GCS("gs://", "gcs"),
  S3("s3://", "s3"),
  HF("hf://buckets/", "hf_bucket");

  private final String prefix;
  private final String integrationType;

  Provider(String prefix, String integrationType) {
    this.prefix = prefix;
    this.integrationType = integrationType;
  }

  /** What a URI of this provider starts with, in lower case. */
  public String prefix() {
    return prefix;
  }

  /** The {@code type} of a saved integration for this provider (contract, section 7.1). */
  public String integrationType() {
    return integrationType;
  }

  /** The value of the {@code provider} columns. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Provider fromColumn(String column) {
    return valueOf(column.toUpperCase(Locale.ROOT));
  }
}
