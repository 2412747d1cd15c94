package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.Provider;
import java.util.Locale;

/**
 * An object that was created, as an event names it.
 *
 * @param key as it stands in the bucket, decoded
 */
record ObjectEvent(Provider provider, String bucket, String key) {

  /** Gives a video to {@code sink} as if a manifest named it; events have no place, so line 0. */
  void to(RowSink sink) {
    if (key.toLowerCase(Locale.ROOT).endsWith(".mp4")) {
      sink.row(ManifestRow.ofUri(0, provider.prefix() + bucket + "/" + key));
    } else {
      sink.skipped(SkipReason.NOT_MP4);
    }
  }
}
