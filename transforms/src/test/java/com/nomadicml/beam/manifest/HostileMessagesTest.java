package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.junit.jupiter.api.Test;

/** Messages that break whoever reads them, in a stream that goes on. */
class HostileMessagesTest {
  private static final RowRules RULES = RowRules.of(UriField.named(null));

  @Test
  void noMessageEndsAStream() throws NoSuchSchemaException {
    List<SourceMessage> hostile = new ArrayList<>();
    for (String body :
        List.of(
            "[".repeat(200_000),
            "{\"a\":".repeat(900) + "1" + "}".repeat(900),
            "{\"uri\": " + "9".repeat(2_000) + "}",
            "{\"uri\": 1e999999999}",
            "{\"uri\": \"s3://b/1.mp4\", \"uri\": \"s3://b/2.mp4\"}",
            "{\"uri\": \"s3://b/\\ud800.mp4\"}",
            "{\"uri\": \"s3://b/\\u0000.mp4\"}",
            "{\"uri\": {\"uri\": []}}",
            "{",
            "null",
            "s3://b/" + "k".repeat(1 << 20) + ".mp4",
            "s3://b/[*?.mp4",
            "two\nlines",
            "{\"Records\": []}",
            "{\"Records\": [null]}",
            Messages.s3Created("%zz.mp4").replace("%25zz", "%zz"),
            Messages.eventBridgeCreated("a.mp4").replace("aws.s3", "aws.ec2"),
            Messages.throughSns("{\"Records\": [{}]}"),
            Messages.throughSns(Messages.throughSns("no uri")))) {
      hostile.add(Messages.plain(body));
    }
    hostile.add(
        SourceMessage.ofBytes(
            Messages.PUBSUB, "1", "s3://b/\u00e9.mp4".getBytes(ISO_8859_1), Map.of()));
    hostile.add(SourceMessage.of(Messages.PUBSUB, "1", "", Map.of("eventType", "OBJECT_FINALIZE")));
    hostile.add(Messages.gcs("OBJECT_FINALIZE", "*.mp4"));
    TestStream.Builder<SourceMessage> messages =
        TestStream.create(SchemaRegistry.createDefault().getSchemaCoder(SourceMessage.class));
    for (SourceMessage message : hostile) {
      messages = messages.addElements(message);
    }

    ReadLines lines =
        ReadLines.of(
            TestPipeline.create().enableAbandonedNodeEnforcement(false),
            ReadMessages.from(Messages.SQS)
                .withRead(
                    messages
                        .addElements(Messages.plain("s3://b/good.mp4"))
                        .advanceWatermarkToInfinity()));

    assertThat(lines.uris()).containsExactly("s3://b/good.mp4");
    assertThat(lines.rejections())
        .hasSize(hostile.size())
        .allSatisfy(line -> assertThat(line.getMessage()).isNotBlank().hasSizeLessThan(500));
  }

  @Test
  void aMessageThatTakesMoreStackThanThereIsIsRejected() throws InterruptedException {
    SourceMessage deep = Messages.plain("{\"a\":".repeat(900) + "1" + "}".repeat(900));
    List<String> reasons = new ArrayList<>();
    List<Throwable> thrown = new ArrayList<>();
    Thread worker =
        new Thread(
            null,
            () -> {
              BufferedOutput out = ParseMessages.parse(deep, RULES);
              out.of(EntryOutput.REJECTIONS).forEach(line -> reasons.add(line.getMessage()));
            },
            "a worker with little stack",
            160 << 10);
    worker.setUncaughtExceptionHandler((thread, error) -> thrown.add(error));
    worker.start();
    worker.join();

    assertThat(thrown).isEmpty();
    assertThat(reasons).containsExactly("the message can't be read: it is nested too deep");
  }
}
