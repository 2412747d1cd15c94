package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UriFingerprintTest {
  @ParameterizedTest
  @CsvSource({
    "s3://b/a b.mp4, s3://b/a%20b.mp4",
    "s3://b/a%20b.mp4, s3://b/a%2520b.mp4",
    "s3://b/a%2Fb.mp4, s3://b/a%252fb.mp4",
    "s3://b/a//b.mp4, s3://b/a/b.mp4",
    "s3://b//b.mp4, s3://b/b.mp4",
    "s3://b/b.mp4, S3://b/b.mp4",
  })
  void formsThatTheApiMayShowAreOne(String sent, String shown) {
    assertThat(UriFingerprint.of(shown)).isEqualTo(UriFingerprint.of(sent));
  }

  @Test
  void othersDiffer() {
    assertThat(UriFingerprint.of("s3://b/a.mp4")).isNotEqualTo(UriFingerprint.of("s3://b/b.mp4"));
    assertThat(UriFingerprint.of("s3://b/a.mp4")).isNotEqualTo(UriFingerprint.of("gs://b/a.mp4"));
    assertThat(UriFingerprint.of("s3://b/a.mp4")).isNotEqualTo(UriFingerprint.of("s3://b/A.mp4"));
  }
}
