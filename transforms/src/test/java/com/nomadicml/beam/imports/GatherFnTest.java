package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class GatherFnTest {

  @Test
  void everyElementIsInOneListOfItsKey() {
    List<Integer> numbers = IntStream.range(0, 2_001).boxed().toList();
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<KV<String, List<Integer>>> lists =
        pipeline
            .apply(Create.of(numbers))
            .apply(ParDo.of(new GatherFn<Integer>(n -> n % 10 == 0 ? "tens" : "others")))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), ListCoder.of(VarIntCoder.of())));

    PAssert.that(lists)
        .satisfies(
            found -> {
              assertThat(found)
                  .allSatisfy(
                      list -> {
                        assertThat(list.getValue()).hasSizeBetween(1, GatherFn.MOST_OF_A_KEY);
                        assertThat(list.getValue())
                            .allMatch(n -> list.getKey().equals(n % 10 == 0 ? "tens" : "others"));
                      });
              assertThat(Iterables.concat(Iterables.transform(found, KV::getValue)))
                  .containsExactlyInAnyOrderElementsOf(numbers);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }
}
