package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.Provider;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UriMatcherTest {
  @Test
  void theExactUriWins() {
    UriMatcher matcher = matcher("s3://b/a b.mp4", "s3://b/a%20b.mp4");
    assertThat(matcher.match("s3://b/a%20b.mp4")).isEqualTo("s3://b/a%20b.mp4");
    assertThat(matcher.match("s3://b/a b.mp4")).isEqualTo("s3://b/a b.mp4");
  }

  @Test
  void anEncodedUriMatchesItsItem() {
    assertThat(matcher("s3://b/a b+ü.mp4").match("s3://b/a%20b+%C3%BC.mp4"))
        .isEqualTo("s3://b/a b+ü.mp4");
  }

  @Test
  void aKeyThatHoldsAnEscapeItselfMatchesItsItem() {
    UriMatcher matcher = matcher("s3://b/a%20b.mp4", "s3://b/100% c%2Fd.mp4");
    assertThat(matcher.match("s3://b/a%2520b.mp4")).isEqualTo("s3://b/a%20b.mp4");
    assertThat(matcher.match("s3://b/a b.mp4")).isEqualTo("s3://b/a%20b.mp4");
    assertThat(matcher.match("s3://b/100%25%20c%252Fd.mp4")).isEqualTo("s3://b/100% c%2Fd.mp4");
    assertThat(matcher.match("s3://b/100%25%20c%252fd.mp4")).isEqualTo("s3://b/100% c%2Fd.mp4");
  }

  @Test
  void anEncodedUriIsDecodedNoFurtherThanToAnItem() {
    UriMatcher matcher = matcher("s3://b/a b.mp4", "s3://b/a%20b.mp4");
    assertThat(matcher.match("s3://b/a%2520b.mp4")).isEqualTo("s3://b/a%20b.mp4");
    assertThat(matcher.match("s3://b/%61 b.mp4")).isEqualTo("s3://b/a b.mp4");
  }

  @Test
  void bucketAndKeyAreEnough() {
    UriMatcher matcher = matcher("s3://b/a b/c.mp4");
    assertThat(matcher.match("b/a b/c.mp4")).isEqualTo("s3://b/a b/c.mp4");
    assertThat(matcher.match("/b/a%20b/c.mp4")).isEqualTo("s3://b/a b/c.mp4");
    assertThat(matcher.match("https://b.s3.eu-west-1.amazonaws.com/a%20b/c.mp4"))
        .isEqualTo("s3://b/a b/c.mp4");
    assertThat(matcher.match("https://storage.googleapis.com/b/a%20b/c.mp4"))
        .isEqualTo("s3://b/a b/c.mp4");
  }

  @Test
  void theKeyAloneIsNot() {
    UriMatcher matcher = matcher("s3://b/a.mp4");
    assertThat(matcher.match("s3://other/a.mp4")).isNull();
    assertThat(matcher.match("https://other.s3.amazonaws.com/a.mp4")).isNull();
    assertThat(matcher.match("https://storage.googleapis.com/other/a.mp4")).isNull();
    assertThat(matcher.match("s3://other/b/a.mp4")).isNull();
    assertThat(matcher.match("a.mp4")).isNull();
  }

  @Test
  void doubledSlashesDoNotMatter() {
    assertThat(matcher("s3://b/a//b.mp4").match("s3://b/a/b.mp4")).isEqualTo("s3://b/a//b.mp4");
  }

  @Test
  void theCaseOfTheSchemeDoesNotMatter() {
    UriMatcher matcher = matcher("s3://b/a b.mp4");
    assertThat(matcher.match("S3://b/a b.mp4")).isEqualTo("s3://b/a b.mp4");
    assertThat(matcher.match("S3://b/a%20b.mp4")).isEqualTo("s3://b/a b.mp4");
    assertThat(matcher.match("s3://B/a b.mp4")).isNull();
  }

  @Test
  void aFormOfTwoItemsMatchesNeither() {
    assertThat(matcher("s3://b/a%20b.mp4", "s3://b/a b.mp4").match("s3://b/%2561 b.mp4")).isNull();
  }

  @Test
  void whatNobodyAskedForMatchesNothing() {
    UriMatcher matcher = matcher("s3://b/a.mp4");
    assertThat(matcher.match("s3://b/other.mp4")).isNull();
    assertThat(matcher.match(null)).isNull();
    assertThat(matcher.match("")).isNull();
  }

  private static UriMatcher matcher(String... uris) {
    ImportTarget target = ImportTarget.of(Provider.S3, "b", null, null, "user", false);
    return new UriMatcher(
        ImportBatch.of(
            target,
            Arrays.stream(uris).map(uri -> ImportItem.of(uri, Map.of(), "m", 1)).toList(),
            1));
  }
}
