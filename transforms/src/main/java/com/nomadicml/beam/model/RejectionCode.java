package com.nomadicml.beam.model;

/** Why a manifest line is never sent. The names are stable: they are {@code error_code} values. */
public enum RejectionCode {
  NOT_A_URI,
  UNKNOWN_SCHEME,
  NO_BUCKET,
  NO_KEY,
  WILDCARD,
  NOT_MP4,
  NO_FRONT,
  MIXED_BUCKETS,
  MIXED_PROVIDERS,
  UNKNOWN_VIEW,
  HF_MULTI_VIEW,
  BAD_SCOPE,
  UNREADABLE_LINE,
  /** A whole manifest, in a stream; a batch run ends with it. */
  UNREADABLE_MANIFEST
}
