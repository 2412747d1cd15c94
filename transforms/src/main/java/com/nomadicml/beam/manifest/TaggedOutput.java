package com.nomadicml.beam.manifest;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;

/** Takes what reading yields, by the tags of {@link EntryOutput}. */
interface TaggedOutput {
  <T> void emit(TupleTag<T> tag, T value);

  /**
   * Hands all on at once. What breaks a later step of the same bundle is not the fault of the file
   * that is read.
   */
  static TaggedOutput to(DoFn.MultiOutputReceiver out) {
    return new TaggedOutput() {
      @Override
      public <T> void emit(TupleTag<T> tag, T value) {
        try {
          out.get(tag).output(value);
        } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
          throw new IllegalStateException("a later step broke: " + e, e);
        }
      }
    };
  }
}
