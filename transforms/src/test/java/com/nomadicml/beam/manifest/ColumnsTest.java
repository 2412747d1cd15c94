package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.model.ManifestEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns that mean something else than their names do here, and how to say what they mean. */
class ColumnsTest {
  @TempDir Path dir;

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @Test
  void aBoxIsNoSetOfViews() throws IOException {
    ReadLines lines =
        read("m.csv", "uri,left,top,width,height,scope", "s3://b/a.mp4,10,20,640,480,telescope");

    assertThat(lines.uris()).containsExactly("s3://b/a.mp4");
    assertThat(lines.rejections()).isEmpty();
    ManifestEntry entry = lines.entries().get(0);
    assertThat(entry.getViews()).isEmpty();
    assertThat(entry.getScope()).isNull();
    assertThat(lines.counters())
        .containsEntry("ignored_left", 1L)
        .containsEntry("ignored_top", 1L)
        .containsEntry("ignored_scope", 1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"views\": 120",
        "\"views\": \"many\"",
        "\"views\": [\"day\", \"night\"]",
        "\"views\": {\"count\": 3}",
        "\"left\": {\"x\": 1}",
        "\"front\": true",
        "\"folder\": [1, 2]",
        "\"scope\": {\"a\": 1}",
        "\"integration_id\": []",
      })
  void aValueOfAnotherMeaningIsIgnoredAndCounted(String property) throws IOException {
    ReadLines lines = read("m.jsonl", "{\"uri\": \"s3://b/a.mp4\", " + property + "}");

    assertThat(lines.rejections()).isEmpty();
    assertThat(lines.uris()).containsExactly("s3://b/a.mp4");
    assertThat(lines.entries().get(0).getViews()).isEmpty();
    assertThat(lines.entries().get(0).getFolder()).isNull();
    assertThat(lines.counters().keySet())
        .filteredOn(name -> name.startsWith("ignored_"))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'front': 's3://b/f.mp4', 'left': 12.5} | NOT_A_URI",
        "{'front': 's3://b/f.mp4', 'left': ['s3://b/l.mp4']} | UNREADABLE_LINE",
        "{'uri': 's3://b/f.mp4', 'front': 's3//b/f.mp4', 'left': 's3://b/l.mp4'} | NOT_A_URI",
        "{'uri': 's3://b/f.mp4', 'left': 'l.mp4'} | NO_FRONT",
        "{'uri': 's3://b/f.mp4', 'views': ['s3://b/l.mp4']} | UNREADABLE_LINE",
        "{'uri': 's3://b/f.mp4', 'views': {'left': 's3://b/l.mp4'}} | NO_FRONT",
        "{'uri': 's3://b/f.mp4', 'views': '{\"front\": \"s3://b/f.mp4\"}'} | UNREADABLE_LINE",
        "{'uri': 's3://b/f.mp4', 'scope': 'organisation'} | BAD_SCOPE",
      })
  void whatLooksLikeASetIsOneOrRejected(String row, String code) throws IOException {
    ReadLines lines =
        read(
            "m.jsonl",
            row.startsWith("{'uri': 's3://b/f.mp4', 'views': '{")
                ? quoted(row)
                : row.replace('\'', '"'));

    assertThat(lines.codes()).containsExactly("1 " + code);
    assertThat(lines.entries()).isEmpty();
  }

  private static String quoted(String row) {
    return row.replace("\"", "\\\"").replace('\'', '"');
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "tsv", "jsonl", "json", "parquet", "avro"})
  void columnsMeanWhatTheOptionSays(String format) throws IOException {
    List<Map<String, String>> rows =
        List.of(
            Map.of(
                "clip", "s3://b/f.mp4",
                "cam_f", "s3://b/f.mp4",
                "left", "s3://b/l.mp4",
                "folder", "12",
                "trip", "t1"));
    Path file = Tables.write(dir, format, rows);

    ReadLines lines =
        ReadLines.of(
            pipeline,
            ReadManifests.from(file.toString())
                .withColumns(Columns.parse("uri=clip,Front=CAM_F,folder=trip,scope=-")));

    assertThat(lines.rejections()).isEmpty();
    ManifestEntry entry = lines.entries().get(0);
    assertThat(entry.getSourceUri()).isEqualTo("s3://b/f.mp4");
    assertThat(entry.getViews()).isEqualTo(Map.of("front", "s3://b/f.mp4", "left", "s3://b/l.mp4"));
    assertThat(entry.getFolder()).isEqualTo("t1");
  }

  @Test
  void aColumnThatIsSwitchedOffMeansNothing() throws IOException {
    ReadLines lines =
        read(
            Columns.parse("front=-,left=-,folder=-"),
            "m.csv",
            "uri,front,left,folder",
            "s3://b/a.mp4,s3://b/f.mp4,s3://c/l.mp4,12");

    assertThat(lines.uris()).containsExactly("s3://b/a.mp4");
    assertThat(lines.entries().get(0).getViews()).isEmpty();
    assertThat(lines.entries().get(0).getFolder()).isNull();
    assertThat(lines.counters().keySet()).noneMatch(name -> name.startsWith("ignored_"));
  }

  @ParameterizedTest
  @CsvSource({
    "front=left, 12, NOT_A_URI",
    "scope=left, telescope, BAD_SCOPE",
    "views=left, 12, UNREADABLE_LINE"
  })
  void aBadValueOfAColumnThatWasAskedForRejectsTheRow(String columns, String value, String code)
      throws IOException {
    ReadLines lines = read(Columns.parse(columns), "m.csv", "uri,left", "s3://b/a.mp4," + value);

    assertThat(lines.codes()).containsExactly("2 " + code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fornt=a | 'fornt' means nothing here: use uri, views, folder",
        "front | takes pairs",
        "front= | takes pairs",
        "front=a,front=b | says twice what front is",
        "front=a,rear=a | two meanings",
        "URI = - | --columns=uri=- leaves no column for the URI",
      })
  void aBadOptionIsNamed(String columns, String message) {
    assertThatThrownBy(() -> Columns.parse(columns))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aNameThatNoManifestHasIsNamedWithThoseThatThereAre() throws IOException {
    Files.writeString(dir.resolve("1.csv"), "uri,cam_a\ns3://b/1.mp4,\n");
    Files.writeString(dir.resolve("2.jsonl"), "{\"uri\": \"s3://b/2.mp4\", \"cam_b\": 1}\n");
    String glob = dir + "/*";

    assertThatThrownBy(
            () ->
                ReadLines.of(
                    pipeline, ReadManifests.from(glob).withColumns(Columns.parse("front=cam_x"))))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessage(
            "--columns=front=cam_x: no manifest has a column or property cam_x; there are cam_a,"
                + " cam_b, uri");
    TestPipeline again = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    assertThatThrownBy(
            () -> ReadLines.of(again, ReadManifests.from(glob).withLabels(List.of("vehicle"))))
        .cause()
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("--label=vehicle", "cam_a, cam_b, uri");
    TestPipeline found = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    ReadLines lines =
        ReadLines.of(found, ReadManifests.from(glob).withLabels(List.of("cam_a", "cam_b")));
    assertThat(lines.uris()).containsExactlyInAnyOrder("s3://b/1.mp4", "s3://b/2.mp4");
    assertThat(lines.counters())
        .containsEntry("labelled_cam_b", 1L)
        .doesNotContainKey("labelled_cam_a");
  }

  @Test
  void linesOfUrisHaveNoNames() throws IOException {
    Path file = Files.writeString(dir.resolve("m.txt"), "s3://b/1.mp4\n");
    assertThatThrownBy(
            () ->
                ReadLines.of(
                    pipeline, ReadManifests.from(file.toString()).withLabels(List.of("a"))))
        .cause()
        .hasMessageContaining("their lines are URIs alone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "json"})
  void aLabelOfAListOrAnObjectIsJson(String format) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("m." + format),
            format.equals("json")
                ? "[{\"uri\": \"s3://b/1.mp4\", \"tags\": [\"a\", 1], \"gps\": {\"lat\": 1.5}}]"
                : "{\"uri\": \"s3://b/1.mp4\", \"tags\": [\"a\", 1], \"gps\": {\"lat\": 1.5}}\n");

    ReadLines lines =
        ReadLines.of(
            pipeline, ReadManifests.from(file.toString()).withLabels(List.of("tags", "gps")));

    assertThat(lines.entries().get(0).getLabels())
        .isEqualTo(Map.of("tags", "[\"a\",1]", "gps", "{\"lat\":1.5}"));
  }

  private ReadLines read(String name, String... lines) throws IOException {
    return read(Columns.BY_NAME, name, lines);
  }

  private ReadLines read(Columns columns, String name, String... lines) throws IOException {
    Path file = Files.write(dir.resolve(name), List.of(lines));
    return ReadLines.of(pipeline, ReadManifests.from(file.toString()).withColumns(columns));
  }
}
