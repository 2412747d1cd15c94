package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What S3 sends: to a queue itself, and by way of SNS and EventBridge. */
class S3EventTest {
  static final List<String> KEYS = HostileKeys.KEYS;

  @ParameterizedTest
  @FieldSource("KEYS")
  void aCreatedObjectIsAnEntryByItsDecodedKey(String key) {
    assertThat(MessageOutcomes.of(Messages.s3Created(key)).uris())
        .containsExactly("s3://amzn-s3-demo-bucket/" + key);
  }

  @ParameterizedTest
  @CsvSource({
    "red+flower.mp4,red flower.mp4",
    "a%2Bb.mp4,a+b.mp4",
    "a%2520b.mp4,a%20b.mp4",
    "M%C3%BCnchen%2fx.mp4,München/x.mp4",
    "日本.mp4,日本.mp4",
    "%EF%BF%BD.mp4,\uFFFD.mp4"
  })
  void keysAreDecodedAsAwsSays(String encoded, String key) {
    String event = Messages.text("s3-object-created").replace("\"KEY\"", Messages.json(encoded));
    assertThat(MessageOutcomes.of(event).uris()).containsExactly("s3://amzn-s3-demo-bucket/" + key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"100%.mp4", "%zz.mp4", "%E9.mp4", "%EF%BF%BD%E9.mp4"})
  void aKeyThatIsNotEncodedIsRejected(String key) {
    String event = Messages.text("s3-object-created").replace("KEY", key);
    MessageOutcomes outcomes = MessageOutcomes.of(event);
    assertThat(outcomes.reasons())
        .singleElement()
        .asString()
        .startsWith("UNREADABLE_LINE: the key is not URL-encoded: ");
    assertThat(outcomes.rejections.get(0).getText()).contains(key);
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void theEnvelopeOfSnsIsOpened(String key) {
    assertThat(MessageOutcomes.of(Messages.throughSns(Messages.s3Created(key))).uris())
        .containsExactly("s3://amzn-s3-demo-bucket/" + key);
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void aKeyOfEventBridgeIsNotDecoded(String key) {
    assertThat(MessageOutcomes.of(Messages.eventBridgeCreated(key)).uris())
        .containsExactly("s3://amzn-s3-demo-bucket1/" + key);
  }

  @Test
  void eventBridgeMaySendThroughSns() {
    assertThat(MessageOutcomes.of(Messages.throughSns(Messages.eventBridgeCreated("a.mp4"))).uris())
        .containsExactly("s3://amzn-s3-demo-bucket1/a.mp4");
  }

  @Test
  void eachRecordOfAMessageCounts() {
    MessageOutcomes outcomes = MessageOutcomes.of(Messages.text("s3-several-records"));
    assertThat(outcomes.uris()).containsExactly("s3://fleet/day 1/a.mp4", "s3://fleet/day 1/b.mp4");
    assertThat(outcomes.skips)
        .containsExactly(SkipReason.NOT_MP4, SkipReason.DELETE_EVENT, SkipReason.OTHER_EVENT);
  }

  @ParameterizedTest
  @CsvSource({
    "ObjectRemoved:Delete,DELETE_EVENT",
    "ObjectRemoved:DeleteMarkerCreated,DELETE_EVENT",
    "LifecycleExpiration:Delete,DELETE_EVENT",
    "LifecycleTransition,OTHER_EVENT",
    "ObjectRestore:Post,OTHER_EVENT",
    "ObjectTagging:Put,OTHER_EVENT",
    "ObjectAcl:Put,OTHER_EVENT",
    "Replication:OperationFailedReplication,OTHER_EVENT",
    "IntelligentTiering,OTHER_EVENT",
    "ReducedRedundancyLostObject,OTHER_EVENT"
  })
  void whatCreatesNoObjectIsIgnored(String event, SkipReason reason) {
    MessageOutcomes outcomes =
        MessageOutcomes.of(Messages.s3Created("a.mp4").replace("ObjectCreated:Put", event));
    assertThat(outcomes.skips).containsExactly(reason);
    assertThat(outcomes.count()).isOne();
  }

  @Test
  void serversThatSpeakS3MayNameTheScheme() {
    String event = Messages.s3Created("a.mp4").replace("ObjectCreated:Put", "s3:ObjectCreated:Put");
    assertThat(MessageOutcomes.of(event).uris()).containsExactly("s3://amzn-s3-demo-bucket/a.mp4");
  }

  @Test
  void theTestOfAQueueIsIgnored() {
    String test = Messages.text("s3-test-event");
    assertThat(MessageOutcomes.of(test).skips).containsExactly(SkipReason.TEST_EVENT);
    assertThat(MessageOutcomes.of(Messages.throughSns(test)).skips)
        .containsExactly(SkipReason.TEST_EVENT);
  }

  @ParameterizedTest
  @CsvSource({
    "Object Deleted,DELETE_EVENT",
    "Object Restore Completed,OTHER_EVENT",
    "Object Tags Added,OTHER_EVENT",
    "AWS API Call via CloudTrail,OTHER_EVENT"
  })
  void eventBridgeTellsOfOtherThingsToo(String type, SkipReason reason) {
    String event = Messages.eventBridgeCreated("a.mp4").replace("Object Created", type);
    assertThat(MessageOutcomes.of(event).skips).containsExactly(reason);
  }

  @Test
  void aDeletedObjectOfEventBridgeIsIgnored() {
    assertThat(MessageOutcomes.of(Messages.text("eventbridge-object-deleted")).skips)
        .containsExactly(SkipReason.DELETE_EVENT);
  }

  @Test
  void anEventOfAnotherServiceIsRejected() {
    String event = Messages.eventBridgeCreated("a.mp4").replace("aws.s3", "aws.ec2");
    assertThat(MessageOutcomes.of(event).reasons())
        .containsExactly("UNREADABLE_LINE: the event is one of aws.ec2, and only aws.s3 is known");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Records\": []}",
        "{\"Records\": [7]}",
        "{\"Records\": [{\"eventName\": \"ObjectCreated:Put\"}]}",
        "{\"Records\": [{\"eventName\": \"INSERT\", \"dynamodb\": {}}]}",
        "{\"Records\": [{\"s3\": {\"bucket\": {\"name\": \"b\"}, \"object\": {\"key\": \"k\"}}}]}",
        "{\"Records\": [{\"eventName\": \"ObjectCreated:Put\","
            + " \"s3\": {\"bucket\": {\"name\": \"b\"}, \"object\": {\"key\": 7}}}]}"
      })
  void aRecordThatNamesNoObjectIsRejected(String event) {
    MessageOutcomes outcomes = MessageOutcomes.of(event);
    assertThat(outcomes.rejections).hasSize(1);
    assertThat(outcomes.count()).isOne();
  }

  @Test
  void aKeyThatIsNoUriIsRejectedByItsUri() {
    MessageOutcomes outcomes = MessageOutcomes.of(Messages.s3Created("every/*.mp4"));
    assertThat(outcomes.rejections).hasSize(1);
    assertThat(outcomes.rejections.get(0).getCode()).isEqualTo("WILDCARD");
    assertThat(outcomes.rejections.get(0).getText())
        .isEqualTo("s3://amzn-s3-demo-bucket/every/*.mp4");
  }

  @Test
  void anUnconfirmedSubscriptionSaysWhatToDo() {
    MessageOutcomes outcomes = MessageOutcomes.of(Messages.text("sns-subscription-confirmation"));
    assertThat(outcomes.reasons())
        .containsExactly("UNREADABLE_LINE: SNS sends nothing before its SubscribeURL is opened");
    assertThat(outcomes.rejections.get(0).getText()).contains("Action=ConfirmSubscription");
  }
}
