package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.VideoUri;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** A key that a proper writer puts into a manifest is the key that is imported. */
class HostileKeysPropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper ASCII_JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final List<String> PIECES =
      List.of(
          " ",
          "   ",
          "\t",
          "+",
          "%",
          "%20",
          "%2F",
          "%25",
          "?",
          "?a=1&b=2",
          "#",
          "##",
          "\"",
          "\"\"",
          "'",
          ",",
          ";",
          "|",
          "\\",
          "\\n",
          "\\\"",
          "/",
          "//",
          "../",
          "./",
          "://",
          "gs://",
          "=",
          "&amp;",
          "{",
          "}",
          "[",
          "]",
          "<",
          ">",
          "$",
          "`",
          "~",
          ".mp4",
          "e\u0301",
          "\u00e9",
          "n\u0303\u0323",
          "\u1e69",
          "\ufb01",
          "\u00a0",
          "\u3000",
          "\u200b",
          "\u200d",
          "\u202e",
          "\ufeff",
          "\ufffd",
          "\u0130",
          "\u00df",
          "\u2028",
          "\u0085",
          "\ud83d\ude00",
          "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
          "\ud83c\uddeb\ud83c\uddee",
          "日本",
          "العربية",
          "हिन्दी");

  @Property(tries = 2_000)
  void csv(@ForAll("keys") String key) throws Exception {
    survives(key, ManifestFormat.CSV, delimited(',', key));
  }

  @Property(tries = 2_000)
  void tsv(@ForAll("keys") String key) throws Exception {
    survives(key, ManifestFormat.TSV, delimited('\t', key));
  }

  @Property(tries = 2_000)
  void jsonLines(@ForAll("keys") String key) throws Exception {
    for (ObjectMapper mapper : List.of(JSON, ASCII_JSON)) {
      survives(key, ManifestFormat.JSONL, mapper.writeValueAsString(uri(key)) + "\n");
      survives(
          key, ManifestFormat.JSONL, mapper.writeValueAsString(Map.of("uri", uri(key))) + "\n");
    }
  }

  @Property(tries = 2_000)
  void jsonArray(@ForAll("keys") String key) throws Exception {
    for (ObjectMapper mapper : List.of(JSON, ASCII_JSON)) {
      survives(key, ManifestFormat.JSON, mapper.writeValueAsString(List.of(uri(key))));
      survives(
          key, ManifestFormat.JSON, mapper.writeValueAsString(List.of(Map.of("uri", uri(key)))));
    }
  }

  /** A line can't hold a line feed: it has no quotes that could say where the key goes on. */
  @Property(tries = 2_000)
  void txt(@ForAll("keys") String key) throws Exception {
    survives(key, ManifestFormat.TXT, uri(key) + "\n");
    survives(key, ManifestFormat.TXT, uri(key) + "\r\n");
  }

  @Property(tries = 500)
  void everyViewOfASet(@ForAll("keys") String front, @ForAll("keys") String left) throws Exception {
    Map<String, String> views = Map.of("front", uri(front), "left", uri(left));
    String columns = write(',', List.of("front", "left"), List.of(uri(front), uri(left)));
    String object = JSON.writeValueAsString(Map.of("views", views));
    for (Lines lines :
        List.of(Lines.of(ManifestFormat.CSV, columns), Lines.of(ManifestFormat.JSONL, object))) {
      assertThat(lines.rejections).isEmpty();
      assertThat(lines.entries).hasSize(1);
      assertThat(lines.entries.get(0).getViews()).isEqualTo(views);
    }
  }

  @Example
  void lineEndsWhereQuotesHoldThem() throws Exception {
    for (String key : List.of("a\nb.mp4", "a\rb.mp4", "a\r\nb.mp4", "\n.mp4", "a\n\n\"b\".mp4")) {
      survives(key, ManifestFormat.CSV, delimited(',', key));
      survives(key, ManifestFormat.TSV, delimited('\t', key));
      survives(key, ManifestFormat.JSONL, JSON.writeValueAsString(uri(key)));
      survives(key, ManifestFormat.JSON, JSON.writeValueAsString(List.of(uri(key))));
    }
  }

  @Provide
  Arbitrary<String> keys() {
    Arbitrary<String> characters =
        Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(0x20, 0x7e)),
                Tuple.of(2, Arbitraries.integers().between(0xa0, 0x2fff)),
                Tuple.of(1, Arbitraries.integers().between(0x1f000, 0x1faff)),
                Tuple.of(1, Arbitraries.integers().between(0x3000, 0x3ffff)))
            .filter(HostileKeysPropertyTest::isPrintable)
            .map(Character::toString);
    return Arbitraries.oneOf(Arbitraries.of(PIECES), characters)
        .list()
        .ofMaxSize(24)
        .map(pieces -> String.join("", pieces) + (pieces.size() % 5 == 4 ? ".MP4" : ".mp4"));
  }

  /** All that a name may be made of, but the wildcard, which the API refuses. */
  private static boolean isPrintable(int codePoint) {
    return codePoint != '*'
        && switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.SURROGATE,
              Character.UNASSIGNED,
              Character.PRIVATE_USE ->
              false;
          default -> true;
        };
  }

  private static void survives(String key, ManifestFormat format, String text)
      throws IOException, RejectedException {
    Lines lines = Lines.of(format, text);
    assertThat(lines.rejections).as(text).isEmpty();
    assertThat(lines.blank).as(text).isZero();
    assertThat(lines.entries).as(text).hasSize(1);
    ManifestEntry entry = lines.entries.get(0);
    VideoUri uri = VideoUri.parse(entry.getSourceUri());
    assertThat(uri.key()).isEqualTo(key);
    assertThat(uri.bucket()).isEqualTo("fleet");
    assertThat(entry.getFolder()).isNull();
    assertThat(entry.getViews()).isEmpty();
  }

  private static String uri(String key) {
    return "s3://fleet/" + key;
  }

  private static String delimited(char delimiter, String key) throws IOException {
    return write(delimiter, List.of("id", "uri", "note"), List.of("1", uri(key), "x"));
  }

  private static String write(char delimiter, List<String> header, List<String> row)
      throws IOException {
    StringWriter text = new StringWriter();
    CSVFormat format = CSVFormat.RFC4180.builder().setDelimiter(delimiter).get();
    try (CSVPrinter printer = new CSVPrinter(text, format)) {
      printer.printRecord(header);
      printer.printRecord(row);
    }
    return text.toString();
  }
}
