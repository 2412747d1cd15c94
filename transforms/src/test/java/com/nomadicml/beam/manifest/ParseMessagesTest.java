package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;

/** Messages through the pipeline: what they count, and what the options do. */
class ParseMessagesTest {

  @Test
  void everyRecordIsCountedOnce() {
    ReadLines lines =
        parse(
            ParseMessages.create(),
            Messages.gcs("OBJECT_FINALIZE", "a.mp4"),
            Messages.gcs("OBJECT_DELETE", "b.mp4"),
            Messages.plain(Messages.text("s3-several-records")),
            Messages.plain(Messages.text("s3-test-event")),
            Messages.plain("s3://b/a.mp4"),
            Messages.plain("hello"),
            Messages.plain(""));

    assertThat(lines.places())
        .containsExactlyInAnyOrder(
            "0 gs://fleet/a.mp4",
            "0 s3://fleet/day 1/a.mp4",
            "0 s3://fleet/day 1/b.mp4",
            "0 s3://b/a.mp4");
    assertThat(lines.codes()).containsExactly("0 NOT_A_URI");
    assertThat(lines.counters())
        .containsOnly(
            Map.entry(ManifestMetrics.LINES_READ, 11L),
            Map.entry(ManifestMetrics.BLANK_LINES, 1L),
            Map.entry(ManifestMetrics.REJECTED_LINES, 1L),
            Map.entry(SkipReason.DELETE_EVENT.metric(), 2L),
            Map.entry(SkipReason.TEST_EVENT.metric(), 1L),
            Map.entry(SkipReason.OTHER_EVENT.metric(), 1L),
            Map.entry(SkipReason.NOT_MP4.metric(), 1L));
  }

  @Test
  void entriesAndRejectionsNameTheirSource() {
    ReadLines lines =
        parse(
            ParseMessages.create(),
            Messages.gcs("OBJECT_FINALIZE", "a.mp4"),
            Messages.plain("hello"));
    assertThat(lines.entries())
        .extracting(ManifestEntry::getManifest)
        .containsExactly(Messages.PUBSUB);
    assertThat(lines.rejections()).extracting(Rejection::getManifest).containsExactly(Messages.SQS);
  }

  @Test
  void thePropertyOfTheUriCanBeNamed() {
    ReadLines lines =
        parse(
            ParseMessages.create().withUriField("Clip"),
            Messages.plain("{\"clip\": \"s3://b/a.mp4\", \"uri\": \"s3://b/b.mp4\"}"));
    assertThat(lines.uris()).containsExactly("s3://b/a.mp4");
  }

  @Test
  void labelsTravel() {
    ReadLines lines =
        parse(
            ParseMessages.create().withLabels(List.of(" Vehicle")),
            Messages.plain("{\"uri\": \"s3://b/a.mp4\", \"vehicle\": \"7\", \"drive\": \"d\"}"));
    assertThat(lines.entries().get(0).getLabels()).containsOnly(Map.entry("vehicle", "7"));
  }

  @Test
  void theFiltersLookIntoTheWholeUri() {
    ReadLines lines =
        parse(
            ParseMessages.create().withFilter(Pattern.compile("/day"), Pattern.compile("b\\.mp4")),
            Messages.plain(Messages.text("s3-several-records")),
            Messages.plain("s3://b/a.mp4"));
    assertThat(lines.uris()).containsExactly("s3://fleet/day 1/a.mp4");
    assertThat(lines.counters()).containsEntry(SkipReason.FILTERED.metric(), 2L);
  }

  private static ReadLines parse(ParseMessages parse, SourceMessage... messages) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    return ReadLines.of(
        pipeline, pipeline.apply(Create.of(List.of(messages))).apply("ParseMessages", parse));
  }
}
