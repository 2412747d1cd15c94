package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;

/** A job's rows field by field: a page has hundreds, and a schema's coder takes longer. */
final class SeenVideoCoder extends AtomicCoder<SeenVideo> {
  private static final long serialVersionUID = 1L;

  private static final Coder<String> TEXT = StringUtf8Coder.of();
  private static final Coder<String> OPTIONAL = NullableCoder.of(TEXT);

  @Override
  public void encode(SeenVideo video, OutputStream out) throws IOException {
    TEXT.encode(video.getVideoId(), out);
    OPTIONAL.encode(video.getSourceUri(), out);
    OPTIONAL.encode(video.getApiStatus(), out);
    TEXT.encode(video.getState().name(), out);
    OPTIONAL.encode(video.getError(), out);
  }

  @Override
  public SeenVideo decode(InputStream in) throws IOException {
    return SeenVideo.of(
        TEXT.decode(in),
        OPTIONAL.decode(in),
        OPTIONAL.decode(in),
        VideoState.valueOf(TEXT.decode(in)),
        OPTIONAL.decode(in));
  }
}
