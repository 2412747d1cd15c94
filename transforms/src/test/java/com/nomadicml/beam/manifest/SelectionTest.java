package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectionCode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is taken of a manifest, and what is left out, read as {@code s3://}. */
class SelectionTest {
  private S3Server server;

  @BeforeEach
  void start() throws Exception {
    server = S3Server.start("fleet");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void theFiltersLookIntoTheWholeUri() {
    put("m.txt", "s3://a/day-1/x.mp4\ns3://a/day-2/x.mp4\ns3://a/day-2/x+test.mp4\n");

    ReadLines lines =
        read(manifest("m.txt").withFilter(Pattern.compile("/day-2/"), Pattern.compile("test")));

    assertThat(lines.uris()).containsExactly("s3://a/day-2/x.mp4");
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 3L)
        .containsEntry(SkipReason.FILTERED.metric(), 2L);
  }

  @Test
  void theLimitKeepsTheFirstLines() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 120; i++) {
      text.append("s3://a/").append(i).append(".mp4\n");
    }
    put("m.txt", text.toString());

    ReadLines lines = read(manifest("m.txt").withLimit(3));

    assertThat(lines.places())
        .containsExactlyInAnyOrder("1 s3://a/1.mp4", "2 s3://a/2.mp4", "3 s3://a/3.mp4");
    assertThat(lines.counters()).containsEntry(SkipReason.OVER_LIMIT.metric(), 117L);
  }

  @Test
  void aLimitBeyondTheLastLineLeavesNothingOut() {
    put("m.txt", "s3://a/1.mp4\n");
    ReadLines lines = read(manifest("m.txt").withLimit(5));
    assertThat(lines.uris()).hasSize(1);
    assertThat(lines.counters()).doesNotContainKey(SkipReason.OVER_LIMIT.metric());
  }

  @Test
  void aManifestWithoutAnEntryMayHaveALimit() {
    put("m.txt", "# nothing\n");
    assertThat(read(manifest("m.txt").withLimit(5)).uris()).isEmpty();
  }

  @Test
  void theLimitCountsWhatTheFiltersLetPass() {
    put("m.txt", "s3://a/1.mp4\ns3://a/2.mp4\ns3://a/22.mp4\n");
    ReadLines lines = read(manifest("m.txt").withLimit(1).withFilter(Pattern.compile("2"), null));
    assertThat(lines.uris()).containsExactly("s3://a/2.mp4");
  }

  @Test
  void sinceLeavesOutWhatStandsUnchangedInTheOlderManifest() {
    put(
        "old.csv",
        "uri,etag\ns3://a/same.mp4,e1\ns3://a/changed.mp4,e1\ns3://a/gone.mp4,e1\nbad,\n");
    put("new.csv", "uri,etag\ns3://a/same.mp4,e1\ns3://a/changed.mp4,e2\ns3://a/new.mp4,e1\n");

    ReadLines lines = read(manifest("new.csv").withSince("s3://fleet/old.csv"));

    assertThat(lines.uris()).containsExactlyInAnyOrder("s3://a/changed.mp4", "s3://a/new.mp4");
    assertThat(lines.rejections()).isEmpty();
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 3L)
        .containsEntry(SkipReason.UNCHANGED.metric(), 1L)
        .doesNotContainKey(ManifestMetrics.REJECTED_LINES);
  }

  @Test
  void withoutAnEtagSizeAndTimeTellAChange() {
    String header = "uri,size,last_modified\n";
    put("old.csv", header + "s3://a/1.mp4,5,t1\ns3://a/2.mp4,5,t1\ns3://a/3.mp4,5,t1\n");
    put("new.csv", header + "s3://a/1.mp4,5,t1\ns3://a/2.mp4,6,t1\ns3://a/3.mp4,5,t2\n");
    assertThat(read(manifest("new.csv").withSince("s3://fleet/old.csv")).uris())
        .containsExactlyInAnyOrder("s3://a/2.mp4", "s3://a/3.mp4");
  }

  @Test
  void withoutAVersionTheUriDecides() {
    put("old.txt", "s3://a/1.mp4\n");
    put("new.txt", "s3://a/1.mp4\ns3://a/2.mp4\n");
    assertThat(read(manifest("new.txt").withSince("s3://fleet/old.txt")).uris())
        .containsExactly("s3://a/2.mp4");
  }

  @Test
  void labelsAreTheNamedColumns() {
    put("m.csv", "uri,Vehicle,drive,secret\ns3://a/1.mp4,truck 7,d1,x\ns3://a/2.mp4,,,x\n");

    ReadLines lines = read(manifest("m.csv").withLabels(List.of("vehicle", "DRIVE")));

    assertThat(lines.entries())
        .extracting(ManifestEntry::getLabels)
        .containsExactlyInAnyOrder(Map.of("vehicle", "truck 7", "drive", "d1"), Map.of());
  }

  @Test
  void aWildcardIsRejectedWithTheHintToExpandIt() {
    put("m.txt", "s3://fleet/day-1/*.mp4\n");
    ReadLines lines = read(manifest("m.txt"));
    assertThat(lines.entries()).isEmpty();
    assertThat(lines.rejections())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.getCode()).isEqualTo("WILDCARD");
              assertThat(rejection.getMessage()).contains("--expand");
            });
  }

  @Test
  void expandListsTheObjectsOfALine() {
    put("day-1/a b+%20.mp4", "");
    put("day-1/cam/ü,\"1\".MP4", "");
    put("day-1/notes.txt", "");
    put("day-2/c.mp4", "");
    put("m.csv", "uri,folder\ns3://x/1.mp4,\ns3://fleet/day-1/**,trip\n");

    ReadLines lines = read(manifest("m.csv").withExpand(true));

    assertThat(lines.places())
        .containsExactlyInAnyOrder(
            "2 s3://x/1.mp4",
            "3 s3://fleet/day-1/a b+%20.mp4",
            "3 s3://fleet/day-1/cam/ü,\"1\".MP4");
    assertThat(lines.entries())
        .filteredOn(entry -> entry.getLine() == 3)
        .allSatisfy(entry -> assertThat(entry.getFolder()).isEqualTo("trip"));
    // 2 lines and 2 objects more: 3 entries and 1 skipped.
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 2L)
        .containsEntry(ManifestMetrics.EXPANDED, 2L)
        .containsEntry(SkipReason.NOT_MP4.metric(), 1L);
  }

  @Test
  void aPatternThatMatchesNoVideoIsRejected() {
    put("day-1/notes.txt", "");
    put("m.txt", "s3://fleet/day-9/*.mp4\ns3://fleet/day-1/*\nhf://buckets/n/b/*.mp4\n");

    ReadLines lines = read(manifest("m.txt").withExpand(true));

    assertThat(lines.rejections())
        .extracting(rejection -> rejection.getText() + ": " + rejection.getMessage())
        .containsExactlyInAnyOrder(
            "s3://fleet/day-9/*.mp4: the pattern matches no object",
            "s3://fleet/day-1/*: the pattern matches 1 objects, none of them an .mp4",
            "hf://buckets/n/b/*.mp4: a wildcard of Hugging Face can't be listed: list each object"
                + " explicitly");
    assertThat(lines.rejections())
        .allSatisfy(line -> assertThat(line.getCode()).isEqualTo(RejectionCode.WILDCARD.name()));
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 3L)
        .containsEntry(ManifestMetrics.REJECTED_LINES, 3L)
        .doesNotContainKey(ManifestMetrics.EXPANDED);
  }

  @Test
  void aPatternThatCantBeListedIsRejectedAndTheOthersAreNot() {
    put("day-1/a.mp4", "");
    put("m.txt", "s3://no-such-bucket/*.mp4\ns3://fleet/day-1/[x*.mp4\ns3://fleet/day-1/a*.mp4\n");

    ReadLines lines = read(manifest("m.txt").withExpand(true));

    assertThat(lines.places()).containsExactly("3 s3://fleet/day-1/a.mp4");
    assertThat(lines.rejections())
        .extracting(rejection -> rejection.getLine() + ": " + rejection.getMessage())
        .containsExactlyInAnyOrder(
            "1: the bucket does not exist",
            "2: the pattern can't be understood: Unclosed character class");
  }

  @Test
  void aStarInTheKeyOfAnInventoryIsNoPattern() {
    byte[] data = S3Server.gzip("\"fleet\",\"a%2A.mp4\"\n".getBytes(UTF_8));
    server.put("data/0.csv.gz", data);
    put(
        "2026/manifest.json",
        "{\"sourceBucket\":\"fleet\",\"destinationBucket\":\"arn:aws:s3:::fleet\","
            + "\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, Key\","
            + "\"files\":[{\"key\":\"data/0.csv.gz\"}]}");
    assertThat(read(manifest("2026/manifest.json").withExpand(true)).codes())
        .containsExactly("1 WILDCARD");
  }

  @Test
  void aWildcardThatCanNotBeListedEndsNoStream() {
    TestPipeline pipeline = server.pipeline("wrong");
    ManifestEntry line =
        ManifestEntry.builder()
            .setManifest("m.txt")
            .setLine(7)
            .setSourceUri("s3://fleet/*.mp4")
            .setLabels(Map.of())
            .build();
    PCollectionTuple listed =
        pipeline
            .apply(Create.of(WildcardLine.of(line, "raw")))
            .apply(
                new ExpandWildcards(
                    RowRules.of(UriField.named(null)), FileFaults.ofStream(Sleeper.real())));

    ReadLines lines =
        ReadLines.of(
            pipeline,
            WithFailures.Result.of(
                listed.get(EntryOutput.ENTRIES), listed.get(EntryOutput.REJECTIONS)));

    assertThat(lines.codes()).containsExactly("7 WILDCARD");
    assertThat(lines.rejections().get(0).getMessage())
        .contains("m.txt, line 7: s3://fleet/*.mp4 can't be listed", "403");
  }

  @Test
  void aManifestThatChangesWhileItIsReadIsNoticed() {
    put("m.txt", "s3://a/1.mp4\n");
    TestPipeline pipeline = server.pipeline();
    ManifestPart stale =
        ManifestPart.of("s3://fleet/m.txt", ManifestFormat.TXT).toBuilder()
            .setStamp("9 bytes, 2026-11-24T00:00:00Z")
            .build();
    pipeline
        .apply(Create.of(stale))
        .apply(
            ParDo.of(new ParsePartFn(RowRules.of(UriField.named(null))))
                .withOutputTags(
                    EntryOutput.ENTRIES,
                    TupleTagList.of(EntryOutput.REJECTIONS).and(EntryOutput.WILDCARDS)));
    assertThatThrownBy(pipeline::run)
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll(
            "s3://fleet/m.txt changed while it was read", "9 bytes", "13 bytes");
  }

  @Test
  void pinsTellWhatTheManifestsAre() {
    put("a.txt", "s3://a/1.mp4\n");
    for (int i = 0; i < 30; i++) {
      put("more/" + i + ".txt", "");
    }
    String pins =
        ManifestPins.of("s3://fleet/a.txt,s3://fleet/more/*", server.pipeline().getOptions());
    assertThat(pins)
        .startsWith(
            "{\"files\":31,\"bytes\":13,\"first\":[{\"path\":\"s3://fleet/a.txt\",\"bytes\":13,")
        // The MD5 of the text, which is the etag that S3 gives it.
        .contains("\"checksum\":\"48b28e564e606785b032990e61f5aac3\"")
        .hasSizeLessThan(5_000);
    assertThat(ManifestPins.of("s3://fleet/a*.txt", server.pipeline().getOptions()))
        .contains("\"checksum\":\"48b28e564e606785b032990e61f5aac3\"");
    assertThat(ManifestPins.of("s3://fleet/none.txt", server.pipeline().getOptions())).isNull();
  }

  private static ReadManifests manifest(String key) {
    return ReadManifests.from("s3://fleet/" + key);
  }

  private ReadLines read(ReadManifests read) {
    return ReadLines.of(server.pipeline(), read);
  }

  private void put(String key, String text) {
    server.put(key, text.getBytes(UTF_8));
  }
}
