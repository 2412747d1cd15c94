package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A stream of S3 events from a queue, from the command line to the table. */
class QueueTest {
  @TempDir private Path directory;

  @Test
  void newObjectsAreImportedOnceHoweverOftenTheirEventsCome() throws Exception {
    EmulatorOptions emulator = ImportHarness.fast();
    SQSRestServer server =
        SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    String origin = "http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, emulator);
        SqsClient queue = client(origin)) {
      String url = origin + "/000000000000/videos";
      queue.createQueue(request -> request.queueName("videos"));
      send(queue, url, event("ObjectCreated:Put", "a+b%2B1.mp4"));
      send(queue, url, event("ObjectCreated:Put", "a+b%2B1.mp4"));
      send(queue, url, event("ObjectRemoved:Delete", "old.mp4"));
      send(queue, url, "hello");

      Future<Outcome> stream =
          pool.submit(
              () ->
                  harness.importWith(
                      "--streaming",
                      "--source=sqs:" + url,
                      "--maxBatchDelay=PT1S",
                      "--blockOnRun=false",
                      "--awsRegion=us-east-1",
                      "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\","
                          + "\"accessKeyId\":\"id\",\"secretAccessKey\":\"secret\"}"));
      harness.await(stream, "REJECTED|1", "UPLOADED|1");
      emulator.apiKey = "another";
      send(queue, url, event("ObjectCreated:Put", "last.mp4"));
      Outcome outcome = stream.get(2, TimeUnit.MINUTES);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      if (!ImportHarness.isOnFlink()) {
        // Flink tells no counters of a job that is cancelled.
        assertThat(outcome.out()).contains("1 delete event", "1 duplicate", "the sum holds");
      }
      assertThat(harness.timesAccepted())
          .containsExactly(Map.entry("user/ s3://drive-data/a b+1.mp4", 1));
      assertThat(harness.query("SELECT source_uri FROM import_videos WHERE state = 'PENDING'"))
          .containsExactly("s3://drive-data/last.mp4");
    } finally {
      pool.shutdownNow();
      server.stopAndWait();
    }
  }

  private static SqsClient client(String origin) {
    return SqsClient.builder()
        .endpointOverride(URI.create(origin))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
        .httpClientBuilder(ApacheHttpClient.builder())
        .build();
  }

  private static void send(SqsClient queue, String url, String body) {
    queue.sendMessage(request -> request.queueUrl(url).messageBody(body));
  }

  private static String event(String name, String key) {
    return """
        {"Records": [{"eventSource": "aws:s3", "eventName": "%s",
         "s3": {"bucket": {"name": "drive-data"}, "object": {"key": "%s", "size": 1}}}]}
        """
        .formatted(name, key);
  }
}
