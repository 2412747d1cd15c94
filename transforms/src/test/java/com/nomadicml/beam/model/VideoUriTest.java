package com.nomadicml.beam.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoUriTest {

  @ParameterizedTest
  @CsvSource({
    "gs://bucket/a.mp4, GCS, bucket, a.mp4",
    "GS://Bucket/A.MP4, GCS, Bucket, A.MP4",
    "s3://b/dir/sub dir/a.Mp4, S3, b, dir/sub dir/a.Mp4",
    "s3://b//a.mp4, S3, b, /a.mp4",
    "s3://b///.mp4, S3, b, //.mp4",
    "s3://b/a?b#c%2F+.mp4, S3, b, a?b#c%2F+.mp4",
    "gs://b/gs://c/a.mp4, GCS, b, gs://c/a.mp4",
    "hf://buckets/ns/name/a.mp4, HF, ns/name, a.mp4",
    "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap/drive/a.mp4, S3,"
        + " arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap, drive/a.mp4",
    "s3://arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:my-ap/a.mp4, S3,"
        + " arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:my-ap, a.mp4",
    "s3://arn:aws:s3::123456789012:accesspoint/m.mrap/a.mp4, S3,"
        + " arn:aws:s3::123456789012:accesspoint/m.mrap, a.mp4",
    "s3://arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/ap/a.mp4, S3,"
        + " arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/ap, a.mp4",
    "HF://Buckets/Ns/Name/x/a.mp4, HF, Ns/Name, x/a.mp4",
    "hf://buckets/ns/name//a.mp4, HF, ns/name, /a.mp4",
  })
  void takesAUriApart(String text, Provider provider, String bucket, String key) throws Exception {
    VideoUri uri = VideoUri.parse(text);
    assertThat(uri.provider()).isEqualTo(provider);
    assertThat(uri.bucket()).isEqualTo(bucket);
    assertThat(uri.key()).isEqualTo(key);
    assertThat(uri.toString()).isEqualTo(provider.prefix() + bucket + "/" + key);
  }

  @ParameterizedTest
  @CsvSource({
    "'', NOT_A_URI",
    "a.mp4, NOT_A_URI",
    "gs:/b/a.mp4, NOT_A_URI",
    "://b/a.mp4, NOT_A_URI",
    "http://b/a.mp4, UNKNOWN_SCHEME",
    "s3a://b/a.mp4, UNKNOWN_SCHEME",
    "' gs://b/a.mp4', UNKNOWN_SCHEME",
    "s3://arn:aws:s3:::bucket/a.mp4, NO_BUCKET",
    "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/a.mp4, NO_KEY",
    "gs://, NO_BUCKET",
    "gs:///a.mp4, NO_BUCKET",
    "hf://b/n/a.mp4, NO_BUCKET",
    "hf://buckets/, NO_BUCKET",
    "hf://buckets/ns, NO_BUCKET",
    "hf://buckets/ns/a.mp4, NO_BUCKET",
    "hf://buckets//name/a.mp4, NO_BUCKET",
    "hf://buckets/ns//a.mp4, NO_BUCKET",
    "hf://buckets/ns/name/, NO_KEY",
    "gs://b, NO_KEY",
    "gs://a.mp4, NO_KEY",
    "gs://b/, NO_KEY",
    "gs://b/*.mp4, WILDCARD",
    "gs://b/**/a.mp4, WILDCARD",
    "gs://b*/a.mp4, WILDCARD",
    "gs://b/*, WILDCARD",
    "gs://b/a.mov, NOT_MP4",
    "gs://b/a.mp4.txt, NOT_MP4",
    "gs://b/amp4, NOT_MP4",
    "gs://b/a.mp4?v=1, NOT_MP4",
  })
  void rejectsWhatIsNoUriOfOneVideo(String text, RejectionCode code) {
    assertThatThrownBy(() -> VideoUri.parse(text))
        .isInstanceOfSatisfying(RejectedException.class, e -> assertThat(e.code()).isEqualTo(code))
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void aNameThatNoStoreHasIsNone() throws Exception {
    String longest = "s3://b/" + "ü".repeat(510) + ".mp4";
    assertThat(VideoUri.parse(longest).toString()).isEqualTo(longest);
    assertThatThrownBy(() -> VideoUri.parse("s3://b/" + "x".repeat(2_000) + ".mp4"))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void aBucketOfSpacesIsNone() {
    assertThatThrownBy(() -> VideoUri.parse("s3://  /a.mp4"))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.code()).isEqualTo(RejectionCode.NO_BUCKET));
  }

  @Property
  void aUriIsReadAsItWasPrinted(@ForAll Provider provider, @ForAll("keys") String key)
      throws Exception {
    String bucket = provider == Provider.HF ? "name space/b-1" : "b-1";
    String text = provider.prefix() + bucket + "/" + key;
    VideoUri uri = VideoUri.parse(text);
    assertThat(uri.provider()).isEqualTo(provider);
    assertThat(uri.bucket()).isEqualTo(bucket);
    assertThat(uri.key()).isEqualTo(key);
    assertThat(uri.toString()).isEqualTo(text);
    assertThat(VideoUri.parse(uri.toString())).isEqualTo(uri).hasSameHashCodeAs(uri);
  }

  @Property
  void theSchemeIsReadInAnyCase(@ForAll Provider provider, @ForAll("keys") String key)
      throws Exception {
    String upper = provider.prefix().toUpperCase(Locale.ROOT) + "n/b/" + key;
    assertThat(VideoUri.parse(upper).toString()).isEqualTo(provider.prefix() + "n/b/" + key);
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.strings()
        .ofMaxLength(40)
        .filter(text -> text.indexOf('*') < 0)
        .map(text -> text + ".mp4");
  }
}
