package com.nomadicml.beam.benchmarks;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** A fleet that uploads videos to S3, whose events come to a queue: some of them twice. */
final class FleetEvents implements AutoCloseable {
  /** The most messages of a request to SQS. */
  private static final int MOST_AT_ONCE = 10;

  private static final int EVERY_SO_MANY_COMES_TWICE = 50;
  private static final int BUCKETS = 3;

  private final SQSRestServer server =
      SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
  private final Map<String, Instant> sentAt = new LinkedHashMap<>();
  private final SqsClient queue;
  private final String url;

  FleetEvents() {
    String origin = "http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort();
    queue =
        SqsClient.builder()
            .endpointOverride(URI.create(origin))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
            .httpClientBuilder(ApacheHttpClient.builder())
            .build();
    queue.createQueue(request -> request.queueName("videos"));
    url = origin + "/000000000000/videos";
  }

  /** What makes an import read them. */
  List<String> options() {
    return List.of(
        "--streaming",
        "--source=sqs:" + url,
        "--awsRegion=us-east-1",
        "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\","
            + "\"accessKeyId\":\"id\",\"secretAccessKey\":\"secret\"}");
  }

  /** Uploads videos until there are so many. */
  void uploadUntil(int videos) {
    while (sentAt.size() < videos) {
      List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
      while (entries.size() + 1 < MOST_AT_ONCE && sentAt.size() < videos) {
        int number = sentAt.size();
        String bucket = "fleet-" + number % BUCKETS;
        String key = "clip-%08d.mp4".formatted(number);
        entries.add(event(entries.size(), bucket, key));
        if (number % EVERY_SO_MANY_COMES_TWICE == 0) {
          entries.add(event(entries.size(), bucket, key));
        }
        sentAt.put("s3://" + bucket + "/" + key, Instant.now());
      }
      if (queue.sendMessageBatch(request -> request.queueUrl(url).entries(entries)).hasFailed()) {
        throw new IllegalStateException("the queue did not take all events");
      }
    }
  }

  private static SendMessageBatchRequestEntry event(int id, String bucket, String key) {
    String body =
        """
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
         "s3": {"bucket": {"name": "%s"}, "object": {"key": "%s", "size": 1}}}]}
        """
            .formatted(bucket, key);
    return SendMessageBatchRequestEntry.builder().id(String.valueOf(id)).messageBody(body).build();
  }

  /** URIs of all videos so far. */
  Set<String> uris() {
    return sentAt.keySet();
  }

  /** When the event of a video was sent. */
  Instant sentAt(String uri) {
    return sentAt.get(uri);
  }

  @Override
  public void close() {
    queue.close();
    server.stopAndWait();
  }
}
