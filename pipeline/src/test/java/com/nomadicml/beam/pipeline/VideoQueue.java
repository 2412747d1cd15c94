package com.nomadicml.beam.pipeline;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A queue of SQS that gets the events of the bucket {@code drive-data}. */
final class VideoQueue implements AutoCloseable {
  private final SQSRestServer server;
  private final SqsClient client;
  private final String url;

  private VideoQueue(SQSRestServer server, SqsClient client, String url) {
    this.server = server;
    this.client = client;
    this.url = url;
  }

  /** A queue which gives a message again that was not acknowledged for so long. */
  static VideoQueue start(Duration visibility) {
    SQSRestServer server =
        SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    String origin = "http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort();
    SqsClient client =
        SqsClient.builder()
            .endpointOverride(URI.create(origin))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
            .httpClientBuilder(ApacheHttpClient.builder())
            .build();
    client.createQueue(
        request ->
            request
                .queueName("videos")
                .attributes(
                    Map.of(
                        QueueAttributeName.VISIBILITY_TIMEOUT,
                        String.valueOf(visibility.toSeconds()))));
    return new VideoQueue(server, client, origin + "/000000000000/videos");
  }

  /** What a command line says to import what comes. */
  List<String> options() {
    return List.of(
        "--streaming",
        "--source=sqs:" + url,
        "--blockOnRun=false",
        "--awsRegion=us-east-1",
        "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\","
            + "\"accessKeyId\":\"id\",\"secretAccessKey\":\"secret\"}");
  }

  /** An object is there. */
  void created(String key) {
    send(event("ObjectCreated:Put", key));
  }

  void removed(String key) {
    send(event("ObjectRemoved:Delete", key));
  }

  void send(String body) {
    client.sendMessage(request -> request.queueUrl(url).messageBody(body));
  }

  private static String event(String name, String key) {
    return """
        {"Records": [{"eventSource": "aws:s3", "eventName": "%s",
         "s3": {"bucket": {"name": "drive-data"}, "object": {"key": "%s", "size": 1}}}]}
        """
        .formatted(name, key);
  }

  @Override
  public void close() {
    client.close();
    server.stopAndWait();
  }
}
