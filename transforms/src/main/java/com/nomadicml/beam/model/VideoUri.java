package com.nomadicml.beam.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One explicit object URI: {@code gs://bucket/key.mp4}, {@code s3://bucket/key.mp4} or {@code
 * hf://buckets/namespace/name/key.mp4}.
 *
 * <p>Everything behind the bucket is the key, taken literally: nothing is decoded and {@code ?},
 * {@code #}, {@code %} or {@code +} mean nothing (contract, section 4.0).
 */
@AutoValue
public abstract class VideoUri implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of bucket and key: what the tables can tell apart; S3 and GCS allow a key 1,024. */
  private static final int MAX_BYTES = 1_900;

  /** AWS, "Using access points": of every partition, of one or several regions, of Outposts. */
  private static final Pattern ACCESS_POINT =
      Pattern.compile(
          "arn:aws[a-z-]*:s3[a-z-]*:[a-z0-9-]*:[0-9]*:(outpost[/:][^/:]+[/:])?accesspoint[/:][^/:]+"
              + "(?=/|$)");

  public abstract Provider provider();

  /** The bucket, or an access point's ARN; {@code namespace/name} for Hugging Face. */
  public abstract String bucket();

  public abstract String key();

  /** The URI as a string; the scheme in lower case, bucket and key as they were given. */
  @Override
  public final String toString() {
    return provider().prefix() + bucket() + "/" + key();
  }

  /**
   * Takes a URI apart.
   *
   * @throws RejectedException when it is not the full URI of one {@code .mp4} object
   */
  public static VideoUri parse(String text) throws RejectedException {
    int scheme = text.indexOf("://");
    if (scheme <= 0) {
      throw new RejectedException(
          RejectionCode.NOT_A_URI, "not a URI: write gs://bucket/key.mp4, s3:// or hf://buckets/");
    }
    Provider provider = provider(text);
    String rest = text.substring(provider.prefix().length());
    int slash = rest.indexOf('/', arn(provider, rest));
    if (provider == Provider.HF && slash > 0) {
      slash = rest.indexOf('/', slash + 1);
    }
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    String key = slash < 0 ? "" : rest.substring(slash + 1);
    if (bucket.isBlank() || (provider == Provider.HF && (slash < 0 || bucket.endsWith("/")))) {
      throw new RejectedException(RejectionCode.NO_BUCKET, "the URI names no bucket");
    }
    if (key.isBlank()) {
      throw new RejectedException(RejectionCode.NO_KEY, "the URI names no object in the bucket");
    }
    if (key.indexOf('*') >= 0 || bucket.indexOf('*') >= 0) {
      throw new RejectedException(
          RejectionCode.WILDCARD,
          "the API takes no wildcards: list each object explicitly, or use --expand");
    }
    if (!key.toLowerCase(Locale.ROOT).endsWith(".mp4")) {
      throw new RejectedException(RejectionCode.NOT_MP4, "only .mp4 objects can be imported");
    }
    if (rest.length() > MAX_BYTES / 4 && rest.getBytes(UTF_8).length > MAX_BYTES) {
      throw new RejectedException(
          RejectionCode.NOT_A_URI,
          "longer than " + MAX_BYTES + " bytes: no object store has such names");
    }
    return new AutoValue_VideoUri(provider, bucket, key);
  }

  /** The length of an access point's ARN at the start of {@code rest}, which may hold slashes. */
  private static int arn(Provider provider, String rest) throws RejectedException {
    if (provider != Provider.S3 || !rest.startsWith("arn:")) {
      return 0;
    }
    Matcher arn = ACCESS_POINT.matcher(rest);
    if (!arn.lookingAt()) {
      throw new RejectedException(
          RejectionCode.NO_BUCKET,
          "the ARN names no access point: write a bucket's name, as in s3://bucket/key.mp4");
    }
    return arn.end();
  }

  private static Provider provider(String text) throws RejectedException {
    for (Provider provider : Provider.values()) {
      String prefix = provider.prefix();
      if (text.regionMatches(true, 0, prefix, 0, prefix.length())) {
        return provider;
      }
    }
    if (text.regionMatches(true, 0, "hf://", 0, 5)) {
      throw new RejectedException(
          RejectionCode.NO_BUCKET, "a Hugging Face URI starts with hf://buckets/namespace/name/");
    }
    throw new RejectedException(
        RejectionCode.UNKNOWN_SCHEME, "the scheme is none of gs://, s3:// and hf://buckets/");
  }
}
