package com.nomadicml.beam.manifest;

/** How a row names its object: as a URI, or as a bucket and a key in the way of a listing. */
enum ObjectListing {
  /** A row holds URIs: the manifest was made for this. */
  NONE,
  /** Columns {@code bucket} and {@code key}, the key URL-encoded (S3's CSV). */
  S3_ENCODED,
  /** Columns {@code bucket} and {@code key}, the key as it is (S3's Parquet). */
  S3,
  /** Columns {@code bucket} and {@code name} (Storage Insights). */
  GCS
}
