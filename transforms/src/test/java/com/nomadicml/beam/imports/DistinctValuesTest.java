package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class DistinctValuesTest {

  @Test
  void aValueComesOnce() {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<Integer> distinct =
        pipeline
            .apply(Create.of(IntStream.range(0, 1_000).map(n -> n % 20).boxed().toList()))
            .apply(DistinctValues.create());

    PAssert.that(distinct)
        .satisfies(
            found -> {
              assertThat(found)
                  .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).boxed().toList());
              return null;
            });
    pipeline.run().waitUntilFinish();
  }
}
