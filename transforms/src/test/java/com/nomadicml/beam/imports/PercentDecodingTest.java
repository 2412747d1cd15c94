package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PercentDecodingTest {
  @Test
  void plusAndBadEscapesStay() {
    assertThat(PercentDecoding.decode("a+b%2Fc%zz%2")).isEqualTo("a+b/c%zz%2");
  }

  @Property
  void undoesEncoding(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    String encoded = URLEncoder.encode(valid, StandardCharsets.UTF_8).replace("+", "%20");
    assertThat(PercentDecoding.decode(encoded)).isEqualTo(valid);
  }
}
