package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of a queue, over SQS's own protocol. */
class SqsMessagesTest {
  private static final Map<String, BlockingQueue<String>> SEEN = new ConcurrentHashMap<>();

  private final String run = UUID.randomUUID().toString();
  private SqsServer server;

  @BeforeEach
  void start() {
    server = SqsServer.start("videos");
    SEEN.put(run, new LinkedBlockingQueue<>());
  }

  @AfterEach
  void stop() {
    SEEN.remove(run);
    server.close();
  }

  @Test
  void aQueueIsReadWithoutEnd() throws Exception {
    Set<String> expected = new TreeSet<>();
    for (String key : HostileKeys.KEYS) {
      server.send(Messages.s3Created("direct/" + key));
      server.send(Messages.throughSns(Messages.s3Created("sns/" + key)));
      server.send(Messages.eventBridgeCreated("bridge/" + key));
      expected.add("s3://amzn-s3-demo-bucket/direct/" + key);
      expected.add("s3://amzn-s3-demo-bucket/sns/" + key);
      expected.add("s3://amzn-s3-demo-bucket1/bridge/" + key);
    }
    server.send(Messages.text("s3-test-event"));
    server.send("hello");
    expected.add("rejected hello");

    PipelineResult result = run(ReadMessages.from(server.source()));
    try {
      Set<String> seen = new TreeSet<>();
      see(expected.size(), seen);
      server.send("gs://fleet/later.mp4");
      expected.add("gs://fleet/later.mp4");
      see(expected.size(), seen);
      assertThat(seen).isEqualTo(expected);
    } finally {
      result.cancel();
    }
  }

  @Test
  void everyMessageIsCountedAndAcknowledgedWhateverItIs() {
    server.send(Messages.text("s3-several-records"));
    server.send(Messages.text("eventbridge-object-deleted"));
    server.send(Messages.throughSns(Messages.text("s3-test-event")));
    server.send("hello");

    ReadLines lines =
        ReadLines.of(
            server.pipeline(true),
            ReadMessages.from(server.source())
                .withRead(ReadSqs.from(server.source()).withMaxNumRecords(4)));

    assertThat(lines.uris())
        .containsExactlyInAnyOrder("s3://fleet/day 1/a.mp4", "s3://fleet/day 1/b.mp4");
    assertThat(lines.entries())
        .extracting(ManifestEntry::getManifest)
        .containsOnly(server.source());
    assertThat(lines.codes()).containsExactly("0 NOT_A_URI");
    assertThat(lines.counters())
        .containsOnly(
            Map.entry(ManifestMetrics.LINES_READ, 8L),
            Map.entry(ManifestMetrics.REJECTED_LINES, 1L),
            Map.entry(SkipReason.NOT_MP4.metric(), 1L),
            Map.entry(SkipReason.DELETE_EVENT.metric(), 2L),
            Map.entry(SkipReason.OTHER_EVENT.metric(), 1L),
            Map.entry(SkipReason.TEST_EVENT.metric(), 1L));
    assertThat(server.isEmptySoon()).isTrue();
  }

  private PipelineResult run(ReadMessages read) {
    TestPipeline pipeline = server.pipeline(false);
    WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines = pipeline.apply(read);
    lines
        .output()
        .apply(
            "KeepEntries",
            MapElements.into(TypeDescriptors.voids()).via(keep(run, ManifestEntry::getSourceUri)));
    lines
        .failures()
        .apply(
            "KeepRejections",
            MapElements.into(TypeDescriptors.voids())
                .via(keep(run, line -> "rejected " + line.getText())));
    return pipeline.run();
  }

  private static <T> SerializableFunction<T, Void> keep(
      String run, SerializableFunction<T, String> name) {
    return line -> {
      BlockingQueue<String> seen = SEEN.get(run);
      if (seen != null) {
        seen.add(name.apply(line));
      }
      return null;
    };
  }

  /** Waits until so many different ones are seen; a queue may deliver a message twice. */
  private void see(int count, Set<String> seen) throws InterruptedException {
    while (seen.size() < count) {
      String next = SEEN.get(run).poll(1, TimeUnit.MINUTES);
      assertThat(next).as("the next of %s, after %s", count, seen).isNotNull();
      seen.add(next);
    }
  }
}
