package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;

/** Pages field by field, as their rows. */
public final class JobPageCoder extends AtomicCoder<JobPage> {
  private static final long serialVersionUID = 1L;

  private static final Coder<String> TEXT = StringUtf8Coder.of();
  private static final Coder<String> OPTIONAL = NullableCoder.of(TEXT);
  private static final Coder<Integer> NUMBER = VarIntCoder.of();
  private static final Coder<List<SeenVideo>> VIDEOS = ListCoder.of(new SeenVideoCoder());

  @Override
  public void encode(JobPage page, OutputStream out) throws IOException {
    TEXT.encode(page.getBatchId(), out);
    NUMBER.encode(page.getNumber(), out);
    NUMBER.encode(page.getTotal(), out);
    VIDEOS.encode(page.getVideos(), out);
    OPTIONAL.encode(page.getEnd() == null ? null : page.getEnd().name(), out);
    OPTIONAL.encode(page.getReason(), out);
  }

  @Override
  public JobPage decode(InputStream in) throws IOException {
    String batchId = TEXT.decode(in);
    int number = NUMBER.decode(in);
    int total = NUMBER.decode(in);
    List<SeenVideo> videos = VIDEOS.decode(in);
    String end = OPTIONAL.decode(in);
    return JobPage.of(
        batchId,
        number,
        total,
        videos,
        end == null ? null : JobState.valueOf(end),
        OPTIONAL.decode(in));
  }
}
