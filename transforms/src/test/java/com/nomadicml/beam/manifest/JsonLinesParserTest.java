package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesParserTest {

  @Test
  void aLineIsAStringOrAnObject() throws IOException {
    Lines lines =
        parse(
            """
            "gs://b/a.mp4"
            {"uri": "s3://b/b.mp4", "folder": "Trip 1", "scope": "user", "integration_id": "i"}
            {"source-ref": "gs://b/c.mp4", "folder": null, "speed": 3.5, "tags": ["x", {"y": 1}]}
            """);
    assertThat(lines.uris())
        .containsExactly(
            entry(1L, "gs://b/a.mp4"), entry(2L, "s3://b/b.mp4"), entry(3L, "gs://b/c.mp4"));
    ManifestEntry second = lines.entries.get(1);
    assertThat(second.getFolder()).isEqualTo("Trip 1");
    assertThat(second.getScope()).isEqualTo("user");
    assertThat(second.getIntegrationId()).isEqualTo("i");
    assertThat(lines.entries.get(2).getFolder()).isNull();
  }

  @Test
  void whatIsNoJsonIsSaidWithoutTheParsersOwnAffairs() throws IOException {
    Lines lines = parse("{\"uri\": \"s3://b/a.mp4\"\n{} {}\n[\n");
    assertThat(lines.rejections)
        .extracting(Rejection::getMessage)
        .allSatisfy(
            message -> assertThat(message).startsWith("not JSON: ").doesNotContain("Source", "`"))
        .contains("not JSON: more follows behind the value");
  }

  @Test
  void viewsAreAnObjectOrProperties() throws IOException {
    Lines lines =
        parse(
            """
            {"views": {"front": "gs://b/f.mp4", "Left": "gs://b/l.mp4", "rear": null}}
            {"front": "gs://b/f2.mp4", "left": "gs://b/l2.mp4", "views": null}
            {"views": {"front": "gs://b/f.mp4", "roof": "gs://b/r.mp4"}}
            {"views": {"left": "gs://b/l.mp4"}}
            {"views": ["gs://b/f.mp4"]}
            {"views": {"front": "gs://b/f.mp4", "left": "gs://c/l.mp4"}}
            {"views": {"front": "gs://b/f.mp4", "left": "s3://b/l.mp4"}}
            {"views": {"front": "hf://buckets/n/b/f.mp4", "left": "hf://buckets/n/b/l.mp4"}}
            """);
    assertThat(lines.uris()).containsExactly(entry(1L, "gs://b/f.mp4"), entry(2L, "gs://b/f2.mp4"));
    assertThat(lines.entries.get(0).getViews())
        .containsOnly(entry("front", "gs://b/f.mp4"), entry("left", "gs://b/l.mp4"));
    assertThat(lines.entries.get(1).getViews())
        .containsOnly(entry("front", "gs://b/f2.mp4"), entry("left", "gs://b/l2.mp4"));
    assertThat(lines.codes())
        .containsExactly(
            entry(3L, "UNKNOWN_VIEW"),
            entry(4L, "NO_FRONT"),
            entry(5L, "UNREADABLE_LINE"),
            entry(6L, "MIXED_BUCKETS"),
            entry(7L, "MIXED_PROVIDERS"),
            entry(8L, "HF_MULTI_VIEW"));
  }

  @Test
  void aViewThatIsNoTextIsNotLeftOut() throws IOException {
    // Leaving it out would import the set without one of its views.
    Lines lines =
        parse("{\"views\": {\"front\": \"gs://b/f.mp4\", \"left\": [\"gs://b/l.mp4\"]}}\n");
    assertThat(lines.entries).isEmpty();
    assertThat(lines.codes()).containsExactly(entry(1L, "UNREADABLE_LINE"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gs://b/a.mp4",
        "{\"uri\": \"gs://b/a.mp4\"",
        "{\"uri\": \"gs://b/a.mp4\"} {\"uri\": \"gs://b/b.mp4\"}",
        "{\"uri\": \"gs://b/a.mp4\", \"uri\": \"gs://b/b.mp4\"}",
        "{\"uri\": \"gs://b/a.mp4\", \"URI\": \"gs://b/b.mp4\"}",
        "[\"gs://b/a.mp4\"]",
        "\"gs://b/a.mp4",
        "42",
        "null",
        "{'uri': 'gs://b/a.mp4'}",
      })
  void aLineThatIsNeitherIsRejected(String bad) throws IOException {
    Lines lines = parse("\"gs://b/1.mp4\"\n" + bad + "\n\"gs://b/3.mp4\"\n");
    assertThat(lines.codes()).containsExactly(entry(2L, "UNREADABLE_LINE"));
    assertThat(lines.rejections.get(0).getText()).isEqualTo(bad);
    assertThat(lines.rejections.get(0).getMessage()).isNotBlank().doesNotContain("\n");
    assertThat(lines.uris()).containsExactly(entry(1L, "gs://b/1.mp4"), entry(3L, "gs://b/3.mp4"));
  }

  @Test
  void anObjectWithoutUriIsRejected() throws IOException {
    Lines lines = parse("{}\n{\"folder\": \"f\"}\n{\"uri\": \" \"}\n{\"uri\": [\"a.mp4\"]}\n");
    assertThat(lines.entries).isEmpty();
    assertThat(lines.codes()).hasSize(4).containsValue("NOT_A_URI").containsKeys(1L, 2L, 3L, 4L);
  }

  @Test
  void aPropertyWithoutNameIsNotTheUri() throws IOException {
    assertThat(parse("{\"\": \"0\", \"uri\": \"gs://b/a.mp4\"}\n").uris())
        .containsExactly(entry(1L, "gs://b/a.mp4"));
  }

  @Test
  void theUriFieldNamesAnyProperty() throws IOException {
    byte[] text =
        "{\"URL\": \"https://x\", \"Clip\": \"gs://b/a.mp4\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(Lines.of(ManifestFormat.JSONL, text, "clip").uris())
        .containsExactly(entry(1L, "gs://b/a.mp4"));
  }

  @Test
  void blankLinesWindowsLineEndsAndAByteOrderMarkAreRead() throws IOException {
    Lines lines =
        parse("\uFEFF\"gs://b/a.mp4\"\r\n\r\n  \r\n{bad}\r\n{\"URI\":\"gs://b/b.mp4\"}\r\n");
    assertThat(lines.uris()).containsExactly(entry(1L, "gs://b/a.mp4"), entry(5L, "gs://b/b.mp4"));
    assertThat(lines.blank).isEqualTo(2);
    assertThat(lines.codes()).containsExactly(entry(4L, "UNREADABLE_LINE"));
    assertThat(lines.rejections.get(0).getText()).isEqualTo("{bad}");
  }

  @Test
  void escapesOfJsonAreReadAndThoseOfUrisAreNot() throws IOException {
    Lines lines = parse("\"gs://b/\\u00e9\\/%2F\\\\n\\ud83d\\ude00.mp4\"\n");
    assertThat(lines.uris()).containsExactly(entry(1L, "gs://b/é/%2F\\n😀.mp4"));
  }

  @Test
  void halfACharacterIsRejected() throws IOException {
    // It can't be sent as UTF-8: another key would be asked for.
    Lines lines = parse("\"gs://b/a\\ud83d.mp4\"\n");
    assertThat(lines.entries).isEmpty();
    assertThat(lines.codes()).containsOnlyKeys(1L);
  }

  @Test
  void theRawTextOfABadLineIsBounded() throws IOException {
    Rejection rejection = parse("\n{\"x\": \"" + "n".repeat(9_000)).rejections.get(0);
    assertThat(rejection.getLine()).isEqualTo(2);
    assertThat(rejection.getText()).startsWith("{\"x\": \"nnn").hasSize(Rejection.MAX_TEXT);
  }

  private static Lines parse(String text) throws IOException {
    return Lines.of(ManifestFormat.JSONL, text);
  }

  /** SageMaker Ground Truth: what it says of labels is nested, and no concern of an import. */
  @Test
  void readsAnAugmentedManifest() throws IOException {
    Lines lines =
        Lines.of(
            ManifestFormat.AUTO.of("s3://b/labels/output.manifest"),
            "{\"source-ref\":\"s3://b/a 1.mp4\",\"class\":0,\"class-metadata\":"
                + "{\"confidence\":0.9,\"type\":\"groundtruth/x\",\"human-annotated\":\"yes\"}}\n");
    assertThat(lines.uris()).containsExactly(entry(1L, "s3://b/a 1.mp4"));
    assertThat(lines.codes()).isEmpty();
  }

  @Test
  void whatPythonWritesForNoNumberIsRead() throws IOException {
    Lines lines = parse("{\"uri\": \"s3://b/1.mp4\", \"a\": NaN, \"b\": [-Infinity, Infinity]}\r");
    assertThat(lines.uris()).containsExactly(entry(1L, "s3://b/1.mp4"));
  }

  @Test
  void theUriFieldLeadsThroughObjectsAndLists() throws IOException {
    String text =
        "{\"id\": 1, \"folder\": \"f\", \"data\": {\"video\": \"s3://b/1.mp4\"}}\n"
            + "{\"data\": [{\"video\": \"s3://b/2.mp4\"}, {\"video\": [\"s3://b/3.mp4\"]}]}\n"
            + "{\"data\": {}}\n{\"data\": {\"video\": []}}\n";
    Lines lines =
        Lines.of(ManifestFormat.JSONL, text.getBytes(StandardCharsets.UTF_8), "Data.Video");
    assertThat(lines.entries)
        .extracting(entry -> entry.getLine() + " " + entry.getSourceUri())
        .containsExactly("1 s3://b/1.mp4", "2 s3://b/2.mp4", "2 s3://b/3.mp4");
    assertThat(lines.entries.get(0).getFolder()).isEqualTo("f");
    assertThat(lines.codes()).containsExactly(entry(3L, "NOT_A_URI"), entry(4L, "NOT_A_URI"));
  }

  @Test
  void aUriThatIsSeenElsewhereIsSuggested() {
    assertThatThrownBy(() -> parse("{\"a\": 1}\n{\"data\": [{\"video\": \"s3://b/1.mp4\"}]}\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m: no line holds", "data.video, line 2", "--uriField=data.video");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\n\"uri\": \"s3://b/1.mp4\"\n}\n", "[\n\"s3://b/1.mp4\"\n]\n"})
  void aDocumentThatIsSetOutOverLinesIsNamed(String text) {
    assertThatThrownBy(() -> parse("\n" + text))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m, line 2", "--manifestFormat=json");
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> parse("\"s3://b/1.mp4\"\n" + "{\"a\":".repeat(100_000) + "\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m, line 2", "nested too deep");
  }
}
