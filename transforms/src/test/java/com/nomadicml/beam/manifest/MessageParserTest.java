package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Notifications of Cloud Storage, lines of a manifest, and what is neither. */
class MessageParserTest {
  static final List<String> KEYS = HostileKeys.KEYS;

  @ParameterizedTest
  @FieldSource("KEYS")
  void anObjectOfCloudStorageIsAnEntryByItsLiteralName(String key) {
    MessageOutcomes outcomes = MessageOutcomes.of(Messages.gcs("OBJECT_FINALIZE", key));
    assertThat(outcomes.uris()).containsExactly("gs://fleet/" + key);
  }

  @Test
  void anEntryNamesItsSource() {
    ManifestEntry entry =
        MessageOutcomes.of(Messages.gcs("OBJECT_FINALIZE", "a.mp4")).entries.get(0);
    assertThat(entry.getManifest()).isEqualTo(Messages.PUBSUB);
    assertThat(entry.getLine()).isZero();
  }

  @Test
  void aNotificationNeedsNoPayload() {
    Map<String, String> attributes = Messages.gcsAttributes("OBJECT_FINALIZE", "fleet", "a.mp4");
    attributes.put("payloadFormat", "NONE");
    SourceMessage message = SourceMessage.ofBytes(Messages.PUBSUB, "1", new byte[0], attributes);
    assertThat(MessageOutcomes.of(message).uris()).containsExactly("gs://fleet/a.mp4");
  }

  @ParameterizedTest
  @CsvSource({
    "OBJECT_DELETE,a.mp4,DELETE_EVENT",
    "OBJECT_ARCHIVE,a.mp4,DELETE_EVENT",
    "OBJECT_METADATA_UPDATE,a.mp4,OTHER_EVENT",
    "OBJECT_FINALIZE,a.jpg,NOT_MP4",
    "OBJECT_FINALIZE,folder.mp4/,NOT_MP4"
  })
  void whatIsNoNewVideoIsIgnored(String event, String object, SkipReason reason) {
    MessageOutcomes outcomes = MessageOutcomes.of(Messages.gcs(event, object));
    assertThat(outcomes.skips).containsExactly(reason);
    assertThat(outcomes.count()).isOne();
  }

  @Test
  void aNotificationWithoutAnObjectIsRejected() {
    Map<String, String> attributes = Messages.gcsAttributes("OBJECT_FINALIZE", "fleet", "a.mp4");
    attributes.remove("objectId");
    MessageOutcomes outcomes =
        MessageOutcomes.of(SourceMessage.of(Messages.PUBSUB, "1", "", attributes));
    assertThat(outcomes.reasons())
        .containsExactly(
            "UNREADABLE_LINE: the notification has no attributes bucketId and objectId");
    assertThat(outcomes.rejections.get(0).getText()).contains("\"bucketId\":\"fleet\"");
  }

  @Test
  void anObjectWhoseNameIsNoUriIsRejected() {
    MessageOutcomes outcomes = MessageOutcomes.of(Messages.gcs("OBJECT_FINALIZE", "a\0b.mp4"));
    assertThat(outcomes.reasons()).containsExactly("NOT_A_URI: the URI holds a NUL character");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gs://b/a.mp4",
        "  gs://b/a.mp4\r\n",
        "\"gs://b/a.mp4\"",
        "{\"uri\": \"gs://b/a.mp4\"}",
        "\n{\"Source-Ref\": \"gs://b/a.mp4\", \"speed\": 3.5, \"tags\": [1]}\n"
      })
  void aMessageMayBeALineOfAManifest(String body) {
    assertThat(MessageOutcomes.of(body).uris()).containsExactly("gs://b/a.mp4");
    assertThat(MessageOutcomes.of(Messages.throughSns(body)).uris())
        .containsExactly("gs://b/a.mp4");
  }

  @Test
  void aLineNamesItsFolderAndViews() {
    MessageOutcomes outcomes =
        MessageOutcomes.of(
            """
            {"folder": "Trip 1", "scope": "org", "integration_id": "i",
             "views": {"front": "s3://b/f.mp4", "left": "s3://b/l.mp4"}}
            """);
    ManifestEntry entry = outcomes.entries.get(0);
    assertThat(entry.getFolder()).isEqualTo("Trip 1");
    assertThat(entry.getScope()).isEqualTo("org");
    assertThat(entry.getIntegrationId()).isEqualTo("i");
    assertThat(entry.getSourceUri()).isEqualTo("s3://b/f.mp4");
    assertThat(entry.getViews())
        .containsOnly(entry("front", "s3://b/f.mp4"), entry("left", "s3://b/l.mp4"));
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void noKeyOfALineIsDecoded(String key) {
    assertThat(MessageOutcomes.of(Messages.json("s3://b/" + key)).uris())
        .containsExactly("s3://b/" + key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello | NOT_A_URI",
        "ftp://b/a.mp4 | UNKNOWN_SCHEME",
        "s3://b/a.jpg | NOT_MP4",
        "s3://b/*.mp4 | WILDCARD",
        "{\"hello\": \"world\"} | NOT_A_URI",
        "{\"uri\": \"s3://b/a.mp4\" | UNREADABLE_LINE",
        "{\"uri\": \"s3://b/a.mp4\"} {} | UNREADABLE_LINE",
        "[\"s3://b/a.mp4\"] | UNREADABLE_LINE",
        "{\"uri\": \"s3://b/a.mp4\", \"scope\": \"organization\"} | BAD_SCOPE"
      })
  void whatCanNotBeUnderstoodIsRejected(String body, String code) {
    MessageOutcomes outcomes = MessageOutcomes.of(body);
    assertThat(outcomes.count()).isOne();
    assertThat(outcomes.rejections).extracting(Rejection::getCode).containsExactly(code);
    assertThat(outcomes.rejections.get(0).getText()).isEqualTo(body);
    assertThat(outcomes.rejections.get(0).getLine()).isZero();
  }

  @Test
  void severalLinesAreNotTakenForOneKey() {
    MessageOutcomes outcomes = MessageOutcomes.of("s3://b/a.mp4\ns3://b/b.mp4");
    assertThat(outcomes.reasons())
        .containsExactly("UNREADABLE_LINE: the message has several lines: send a message for each");
  }

  @Test
  void bytesThatAreNoUtf8AreRejected() {
    byte[] body = {'s', '3', ':', '/', '/', 'b', '/', (byte) 0xE9, '.', 'm', 'p', '4'};
    MessageOutcomes outcomes =
        MessageOutcomes.of(SourceMessage.ofBytes(Messages.PUBSUB, "1", body, Map.of()));
    assertThat(outcomes.reasons())
        .containsExactly("UNREADABLE_LINE: the message is not valid UTF-8");
  }

  @Test
  void aVeryLongMessageIsCutInItsRejection() {
    MessageOutcomes outcomes = MessageOutcomes.of("x".repeat(200_000));
    assertThat(outcomes.rejections.get(0).getText()).hasSize(Rejection.MAX_TEXT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n ", "# a comment"})
  void blankMessagesAndCommentsAreCounted(String body) {
    MessageOutcomes outcomes = MessageOutcomes.of(body);
    assertThat(outcomes.blank).isOne();
    assertThat(outcomes.count()).isOne();
  }

  @Property(tries = 1_000)
  void anyMessageComesToExactlyOneEndAndNothingIsThrown(
      @ForAll("bodies") String body, @ForAll("attributes") Map<String, String> attributes) {
    SourceMessage message = SourceMessage.of(Messages.PUBSUB, "1", body, attributes);
    assertThat(MessageOutcomes.of(message).count()).isOne();
  }

  @Provide
  static Arbitrary<String> bodies() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            "null",
            "7",
            "\"Records\"",
            "\"s3\"",
            "\"eventName\"",
            "\"ObjectCreated:Put\"",
            "\"detail\"",
            "\"detail-type\"",
            "\"source\"",
            "\"aws.s3\"",
            "\"Type\"",
            "\"Notification\"",
            "\"Message\"",
            "\"TopicArn\"",
            "\"uri\"",
            "\"views\"",
            "s3://b/a.mp4",
            "\\",
            "\"",
            "\0",
            "\ud800",
            "#",
            "\n",
            "日本");
    return Arbitraries.oneOf(
        pieces.list().ofMaxSize(24).map(list -> String.join("", list)),
        pieces.list().ofMaxSize(8).map(list -> "{" + String.join(":", list) + "}"),
        Arbitraries.strings());
  }

  @Provide
  static Arbitrary<Map<String, String>> attributes() {
    return Arbitraries.maps(
            Arbitraries.of("eventType", "bucketId", "objectId", "payloadFormat"),
            Arbitraries.of("OBJECT_FINALIZE", "OBJECT_DELETE", "OBJECT_", "a.mp4", "", "\0*.mp4"))
        .ofMaxSize(3);
  }
}
