package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobPageCoder;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;

/** Something that happened to a batch: it was submitted, or a page of its job was read. */
record BatchEvent(@Nullable TrackedBatch batch, @Nullable JobPage page) {
  static BatchEvent submitted(TrackedBatch batch) {
    return new BatchEvent(batch, null);
  }

  static BatchEvent read(JobPage page) {
    return new BatchEvent(null, page);
  }

  /** Whether that is the event of a submission, told without decoding its thousand items. */
  static boolean isSubmission(byte[] encoded) {
    return encoded[0] == EventCoder.PRESENT;
  }

  /** Encodes events. */
  static final class EventCoder extends AtomicCoder<BatchEvent> {
    private static final long serialVersionUID = 1L;

    /** What {@link NullableCoder} begins a value with that is there. */
    private static final byte PRESENT = 1;

    private static final Coder<TrackedBatch> BATCH = NullableCoder.of(new TrackedBatchCoder());
    private static final Coder<JobPage> PAGE = NullableCoder.of(new JobPageCoder());

    @Override
    public void encode(BatchEvent event, OutputStream out) throws IOException {
      BATCH.encode(event.batch(), out);
      PAGE.encode(event.page(), out);
    }

    @Override
    public BatchEvent decode(InputStream in) throws IOException {
      return new BatchEvent(BATCH.decode(in), PAGE.decode(in));
    }
  }
}
