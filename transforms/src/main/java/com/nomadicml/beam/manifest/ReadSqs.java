package com.nomadicml.beam.manifest;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.aws2.common.ClientConfiguration;
import org.apache.beam.sdk.io.aws2.sqs.SqsIO;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import software.amazon.awssdk.regions.Region;

/**
 * Reads a queue of SQS, or of a server that speaks its protocol, where its URL says that it is; the
 * endpoint and region of Beam's AWS options may be those of S3.
 */
final class ReadSqs extends PTransform<PBegin, PCollection<SourceMessage>> {
  static final String FORM = "sqs:https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE";

  private static final String SCHEME = "sqs:";

  /** The host of SQS, of its FIPS endpoints and of private endpoints. */
  private static final Pattern REGION =
      Pattern.compile("(?:^|\\.)sqs(?:-fips)?\\.([a-z]+(?:-[a-z]+)+-[0-9]+)\\.");

  private final String source;
  private final SqsIO.Read read;

  private ReadSqs(String source, SqsIO.Read read) {
    this.source = source;
    this.read = read;
  }

  static boolean isOne(String source) {
    return source.startsWith(SCHEME);
  }

  /**
   * Reads a source that {@link #isOne}.
   *
   * @throws IllegalArgumentException when it names no queue
   */
  static ReadSqs from(String source) {
    URI url = url(source);
    ClientConfiguration.Builder client = ClientConfiguration.builder().endpoint(url.resolve("/"));
    Matcher region = REGION.matcher(url.getHost());
    if (region.find()) {
      client.region(Region.of(region.group(1)));
    }
    return new ReadSqs(
        source, SqsIO.read().withQueueUrl(url.toString()).withClientConfiguration(client.build()));
  }

  private static URI url(String source) {
    try {
      URI url = new URI(source.substring(SCHEME.length()));
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      boolean isHttp = scheme.equals("https") || scheme.equals("http");
      if (isHttp
          && url.getHost() != null
          && url.getUserInfo() == null
          && url.getPath().length() > 1) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "--source=" + source + " names no queue: it takes the queue's URL, as in " + FORM);
  }

  /** Reads so many messages and ends. */
  ReadSqs withMaxNumRecords(long messages) {
    return new ReadSqs(source, read.withMaxNumRecords(messages));
  }

  @Override
  public PCollection<SourceMessage> expand(PBegin begin) {
    String name = source;
    return begin
        .apply("Messages", read)
        .apply(
            "Take",
            MapElements.into(TypeDescriptor.of(SourceMessage.class))
                .via(
                    message ->
                        SourceMessage.of(
                            name, message.getMessageId(), message.getBody(), Map.of())));
  }
}
