package com.nomadicml.beam.imports;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Recognises a set of URIs by a sum of hashes, so that a lane knows when it has seen all items of a
 * job without carrying them. URIs count as equal when their {@link UriForm#plain} forms are.
 */
final class UriFingerprint {
  private UriFingerprint() {}

  /** The hash of one URI; the fingerprint of a set is the sum over its distinct URIs. */
  static long of(String uri) {
    return Hashing.murmur3_128().hashString(UriForm.plain(uri), StandardCharsets.UTF_8).asLong();
  }
}
