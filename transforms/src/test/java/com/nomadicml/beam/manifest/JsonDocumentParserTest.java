package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentParserTest {

  @Test
  void anElementIsAStringOrAnObject() throws IOException {
    Lines lines =
        parse(
            """
            [
              "gs://b/a.mp4",
              {
                "uri": "s3://b/b.mp4",
                "folder": "Trip 1", "extra": {"nested": [1, 2]}
              },

              {"views": {"front": "gs://b/f.mp4", "rear": "gs://b/r.mp4"}}
            ]
            """);
    assertThat(lines.rejections).isEmpty();
    assertThat(lines.uris())
        .containsExactly(
            entry(2L, "gs://b/a.mp4"), entry(3L, "s3://b/b.mp4"), entry(8L, "gs://b/f.mp4"));
    assertThat(lines.entries.get(1).getFolder()).isEqualTo("Trip 1");
    assertThat(lines.entries.get(2).getViews()).containsOnlyKeys("front", "rear");
  }

  @Test
  void elementsOfOneLineAreAllRead() throws IOException {
    Lines lines = parse("[\"gs://b/a.mp4\",\"gs://b/b.mp4\",{\"uri\":\"gs://b/c.mp4\"}]");
    assertThat(lines.entries)
        .extracting(entry -> entry.getLine() + " " + entry.getSourceUri())
        .containsExactly("1 gs://b/a.mp4", "1 gs://b/b.mp4", "1 gs://b/c.mp4");
  }

  @Test
  void anEmptyArrayHasNoElements() throws IOException {
    Lines lines = parse("[]\n");
    assertThat(lines.entries).isEmpty();
    assertThat(lines.rejections).isEmpty();
  }

  @Test
  void windowsLineEndsAndAByteOrderMarkAreRead() throws IOException {
    assertThat(parse("\uFEFF[\r\n\"gs://b/a.mp4\",\r\n\"gs://b/b.mp4\"\r\n]\r\n").uris())
        .containsExactly(entry(2L, "gs://b/a.mp4"), entry(3L, "gs://b/b.mp4"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42                                                      | UNREADABLE_LINE",
        "null                                                    | UNREADABLE_LINE",
        "[\"gs://b/a.mp4\"]                                      | UNREADABLE_LINE",
        "{\"views\":\"gs://b/a.mp4\"}                            | UNREADABLE_LINE",
        "{\"folder\":\"f\"}                                      | NOT_A_URI",
        "\"gs://b/a.mov\"                                        | NOT_MP4",
        "\"gs://b/*.mp4\"                                        | WILDCARD",
        "{\"views\":{\"left\":\"gs://b/l.mp4\"}}                 | NO_FRONT",
      })
  void aBadElementIsRejectedWhereItBegins(String bad, String code) throws IOException {
    Lines lines = parse("[\"gs://b/a.mp4\",\n" + bad + ",\n\"gs://b/b.mp4\"]");
    assertThat(lines.codes()).containsExactly(entry(2L, code));
    assertThat(lines.rejections.get(0).getText()).isEqualTo(bad);
    assertThat(lines.uris()).containsExactly(entry(1L, "gs://b/a.mp4"), entry(3L, "gs://b/b.mp4"));
  }

  @Test
  void theRawTextOfABadElementIsBounded() throws IOException {
    Rejection rejection = parse("[\n\"" + "n".repeat(9_000) + "\"]").rejections.get(0);
    assertThat(rejection.getLine()).isEqualTo(2);
    assertThat(rejection.getText()).startsWith("\"nnn").hasSize(Rejection.MAX_TEXT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"gs://b/a.mp4\"", "null"})
  void whatIsNeitherArrayNorObjectIsRefused(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ManifestException.class)
        .hasMessageStartingWith("m: ")
        .hasMessageContaining("array");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\n\"gs://b/a.mp4\",\n\"gs://b/b.mp4\"",
        "[\n\"gs://b/a.mp4\",\n{\"uri\": ",
        "[\n\"gs://b/a.mp4\"\n\"gs://b/b.mp4\"]",
        "[\n\"gs://b/a.mp4\",\n{\"uri\": \"gs://b/b.mp4\", \"uri\": \"gs://b/c.mp4\"}]",
        "[\n\"gs://b/a.mp4\",\nnope]",
      })
  void brokenJsonIsRefusedWithItsPlace(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ManifestException.class)
        .message()
        .startsWith("m")
        .containsAnyOf("line 3", "cut short")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"gs://b/a.mp4\"] [\"gs://b/b.mp4\"]", "[\"gs://b/a.mp4\"]]", "[] x"})
  void whatStandsBehindTheArrayIsNotLost(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(ManifestException.class);
  }

  private static Lines parse(String text) throws IOException {
    return Lines.of(ManifestFormat.JSON, text);
  }

  @Test
  void anObjectIsOneRow() throws IOException {
    Lines lines =
        parse("{\"folder\": \"f\",\n\"uri\": \"s3://b/a.mp4\", \"x\": [{}], \"v\": NaN}\r\n");
    assertThat(lines.uris()).containsExactly(entry(1L, "s3://b/a.mp4"));
    assertThat(lines.entries.get(0).getFolder()).isEqualTo("f");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "entries.url | {'v': 1, 'entries': [{'url': 's3://b/1.mp4'}, {'url': 's3://b/2.mp4'}], 'n': 2}",
        "Data.Videos | {'data': {'x': [1], 'videos': ['s3://b/1.mp4', 's3://b/2.mp4']}}",
        "a.b.c | {'a': [{'b': [{'c': 's3://b/1.mp4'}]}, {'b': {'c': ['s3://b/2.mp4']}}]}",
        "a.b.c | [{'a': {'b.c': 's3://b/1.mp4'}}, {'a.b': {'c': 's3://b/2.mp4'}}]",
        "url | {'url': ['s3://b/1.mp4', 's3://b/2.mp4']}",
      })
  void theUriFieldLeadsThroughObjectsAndLists(String field, String document) throws IOException {
    Lines lines = parse(document.replace('\'', '"'), field);
    assertThat(lines.rejections).isEmpty();
    assertThat(lines.entries)
        .extracting(ManifestEntry::getSourceUri)
        .containsExactly("s3://b/1.mp4", "s3://b/2.mp4");
  }

  @Test
  void whatStandsAroundRowsIsTheirsToo() throws IOException {
    Lines lines =
        parse(
            "{\"folder\": \"f\", \"e\": [\n{\"u\": \"s3://b/1.mp4\"},\n"
                + "{\"u\": \"s3://b/2.mp4\", \"folder\": \"own\"},\n{}]}",
            "e.u");
    assertThat(lines.entries).extracting(ManifestEntry::getFolder).containsExactly("f", "own");
    assertThat(lines.codes()).containsExactly(entry(4L, "NOT_A_URI"));
    // Rows that were read can't be changed any more.
    assertThatThrownBy(
            () -> parse("{\"e\": [{\"u\": \"s3://b/1.mp4\"}],\n\"folder\": \"f\"}", "e.u"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m, line 2", "folder stands behind the list");
  }

  @Test
  void aUriThatIsSeenElsewhereIsSuggested() {
    String wrapped = "{\"v\": {\"n\": 1},\n\"entries\": [{\"url\": \"s3://b/1.mp4\"}]}";
    for (String field : new String[] {null, "clip", "entries.uri"}) {
      assertThatThrownBy(() -> parse(wrapped, field))
          .isInstanceOf(ManifestException.class)
          .hasMessageContainingAll("m: no line holds a URI", "line 2", "--uriField=entries.url");
    }
  }

  @Test
  void deepNestingIsRefused() {
    for (String deep :
        new String[] {
          "[".repeat(100_000), "{\"a\":".repeat(100_000), "[{\"a\":" + "[".repeat(100_000)
        }) {
      assertThatThrownBy(() -> parse(deep))
          .isInstanceOf(ManifestException.class)
          .hasMessageContainingAll("m, line 1", "nested too deep");
    }
  }

  @Test
  void anElementIsBounded() {
    String wrapped = "[{\"list\": [" + "\"" + "x".repeat(1 << 20) + "\",";
    assertThatThrownBy(() -> parse(wrapped + wrapped.substring(10).repeat(17) + "1]}]"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m, line 1", "longer than");
  }

  @Test
  void brokenUtf8IsRefusedWithItsPlace() {
    byte[] latin1 = "[\r\"s3://b/\u00e9.mp4\"]".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> Lines.of(ManifestFormat.JSON, latin1, null))
        .isInstanceOf(CharConversionException.class)
        .hasMessageContainingAll("line 2, byte 11 (0xE9)", "UTF-8");
  }

  private static Lines parse(String text, String uriField) throws IOException {
    return Lines.of(ManifestFormat.JSON, text.getBytes(StandardCharsets.UTF_8), uriField);
  }
}
