package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;

/** A job's rows field by field: a page has hundreds, and a schema's coder takes longer. */
final class SeenVideoCoder extends AtomicCoder<SeenVideo> {
  private static final long serialVersionUID = 1L;

  private static final Coder<String> TEXT = StringUtf8Coder.of();
  private static final Coder<String> OPTIONAL = NullableCoder.of(TEXT);
  private static final Coder<Map<String, String>> IDS = new TextsCoder();
  private static final Coder<List<String>> NAMES = ListCoder.of(TEXT);

  /** Behind the state of a row that has views: a running stream remembers rows without. */
  private static final String WITH_VIEWS = "+views";

  @Override
  public void encode(SeenVideo video, OutputStream out) throws IOException {
    @Nullable SeenViews views = video.getViews();
    TEXT.encode(video.getVideoId(), out);
    OPTIONAL.encode(video.getSourceUri(), out);
    OPTIONAL.encode(video.getApiStatus(), out);
    TEXT.encode(video.getState().name() + (views == null ? "" : WITH_VIEWS), out);
    OPTIONAL.encode(video.getError(), out);
    if (views != null) {
      IDS.encode(views.getVideoIds(), out);
      NAMES.encode(views.getFailed(), out);
    }
  }

  @Override
  public SeenVideo decode(InputStream in) throws IOException {
    String videoId = TEXT.decode(in);
    String sourceUri = OPTIONAL.decode(in);
    String apiStatus = OPTIONAL.decode(in);
    String state = TEXT.decode(in);
    String error = OPTIONAL.decode(in);
    boolean hasViews = state.endsWith(WITH_VIEWS);
    return SeenVideo.of(
        videoId,
        sourceUri,
        apiStatus,
        VideoState.valueOf(state.replace(WITH_VIEWS, "")),
        error,
        hasViews ? SeenViews.of(IDS.decode(in), NAMES.decode(in)) : null);
  }
}
