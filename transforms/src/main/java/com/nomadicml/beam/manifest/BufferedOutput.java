package com.nomadicml.beam.manifest;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Keeps what reading yields until it is known what came of it: what is read again is not yielded
 * twice, and what breaks a later step is not taken for the fault of what is read.
 */
final class BufferedOutput implements TaggedOutput {
  private final List<Emission<?>> emissions = new ArrayList<>();

  private record Emission<T>(TupleTag<T> tag, T value) {
    void to(DoFn.MultiOutputReceiver out) {
      out.get(tag).output(value);
    }
  }

  @Override
  public <T> void emit(TupleTag<T> tag, T value) {
    emissions.add(new Emission<>(tag, value));
  }

  /** What it keeps of a tag. */
  @SuppressWarnings("unchecked") // A value is emitted with a tag of its type.
  <T> List<T> of(TupleTag<T> tag) {
    return (List<T>)
        emissions.stream()
            .filter(emission -> emission.tag().equals(tag))
            .map(Emission::value)
            .toList();
  }

  void clear() {
    emissions.clear();
  }

  void to(DoFn.MultiOutputReceiver out) {
    emissions.forEach(emission -> emission.to(out));
  }
}
