package com.nomadicml.beam.manifest;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.io.aws2.options.AwsOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A server in this process that speaks the protocol of SQS, with one queue. */
final class SqsServer implements AutoCloseable {
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));

  private final SQSRestServer server;
  private final SqsClient client;
  private final String queueUrl;

  private SqsServer(SQSRestServer server, SqsClient client, String queueUrl) {
    this.server = server;
    this.client = client;
    this.queueUrl = queueUrl;
  }

  static SqsServer start(String queue) {
    SQSRestServer server =
        SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    String origin = "http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort();
    SqsClient client =
        SqsClient.builder()
            .endpointOverride(URI.create(origin))
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .httpClientBuilder(ApacheHttpClient.builder())
            .build();
    client.createQueue(request -> request.queueName(queue));
    return new SqsServer(server, client, origin + "/000000000000/" + queue);
  }

  /** The queue, as {@code --source} names it. */
  String source() {
    return "sqs:" + queueUrl;
  }

  void send(String body) {
    client.sendMessage(request -> request.queueUrl(queueUrl).messageBody(body));
  }

  /** Whether no message is left within a minute, neither waiting nor in flight. */
  boolean isEmptySoon() {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (messages() > 0) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
    }
    return true;
  }

  private int messages() {
    Map<QueueAttributeName, String> counts =
        client
            .getQueueAttributes(
                request ->
                    request
                        .queueUrl(queueUrl)
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes();
    return counts.values().stream().mapToInt(Integer::parseInt).sum();
  }

  /**
   * A pipeline that gets credentials only: the source says where the queue is.
   *
   * @param block whether running it waits for its end
   */
  TestPipeline pipeline(boolean block) {
    AwsOptions options = PipelineOptionsFactory.as(AwsOptions.class);
    options.setAwsRegion(Region.US_EAST_1);
    options.setAwsCredentialsProvider(CREDENTIALS);
    options.as(DirectOptions.class).setBlockOnRun(block);
    return TestPipeline.fromOptions(options).enableAbandonedNodeEnforcement(false);
  }

  @Override
  public void close() {
    client.close();
    server.stopAndWait();
  }
}
