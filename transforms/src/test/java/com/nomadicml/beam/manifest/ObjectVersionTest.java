package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectVersionTest {
  private static final String FULL =
      ObjectVersion.of(Map.of("etag", "\"e1\"", "size", "7", "last_modified_date", "mon"));

  @Test
  void theEtagDecidesWhereBothHaveOne() {
    assertThat(isSame(Map.of("e_tag", "e1", "size", "8"))).isTrue();
    assertThat(isSame(Map.of("etag", "e2", "size", "7", "last_modified_date", "mon"))).isFalse();
  }

  @Test
  void sizeAndTimeDecideWhereOneHasNoEtag() {
    assertThat(isSame(Map.of("size", "7", "lastmodifieddate", "mon"))).isTrue();
    assertThat(isSame(Map.of("size", "7", "lastmodifieddate", "tue"))).isFalse();
    assertThat(isSame(Map.of("size", "8", "lastmodifieddate", "mon"))).isFalse();
  }

  @Test
  void theUriAloneDecidesWhereNothingCanBeCompared() {
    assertThat(isSame(Map.of("key", "k"))).isTrue();
    assertThat(
            ObjectVersion.isSame(
                ObjectVersion.of(Map.of("etag", "e1")), ObjectVersion.of(Map.of("size", "7"))))
        .isTrue();
  }

  private static boolean isSame(Map<String, String> then) {
    String version = ObjectVersion.of(then);
    assertThat(ObjectVersion.isSame(version, FULL)).isEqualTo(ObjectVersion.isSame(FULL, version));
    return ObjectVersion.isSame(FULL, version);
  }
}
