package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryMapperTest {

  /** What a parser finds, mapped as the pipeline maps it. */
  static final class Lines implements RowSink {
    final List<ManifestEntry> entries = new ArrayList<>();
    final List<Rejection> rejections = new ArrayList<>();
    int blank;
    private final EntryMapper mapper;

    private Lines(RowRules rules) {
      mapper = new EntryMapper("m", rules);
    }

    static Lines of(ManifestFormat format, String text) throws IOException {
      return of(format, text.getBytes(StandardCharsets.UTF_8), null);
    }

    static Lines of(ManifestFormat format, byte[] bytes, String uriField) throws IOException {
      return by(RowRules.of(UriField.named(uriField)), format, bytes);
    }

    static Lines by(RowRules rules, ManifestFormat format, byte[] bytes) throws IOException {
      Lines lines = new Lines(rules);
      ManifestParser.of(ManifestPart.of("m", format), rules)
          .parse(new ByteArrayInputStream(bytes), lines);
      return lines;
    }

    @Override
    public void row(ManifestRow row) {
      try {
        entries.add(mapper.map(row));
      } catch (RejectedException e) {
        reject(row.line(), row.raw(), e);
      }
    }

    @Override
    public void blank() {
      blank++;
    }

    @Override
    public void skipped(SkipReason reason) {
      throw new AssertionError("no line of these formats is skipped");
    }

    @Override
    public void unreadable(long line, String raw, String reason) {
      reject(line, raw, new RejectedException(RejectionCode.UNREADABLE_LINE, reason));
    }

    private void reject(long line, String raw, RejectedException cause) {
      rejections.add(Rejection.of("m", line, raw, cause));
    }

    /** URI by line. */
    Map<Long, String> uris() {
      Map<Long, String> uris = new LinkedHashMap<>();
      entries.forEach(entry -> uris.put(entry.getLine(), entry.getSourceUri()));
      assertThat(uris).as("one entry a line").hasSameSizeAs(entries);
      return uris;
    }

    /** Code by line. */
    Map<Long, String> codes() {
      Map<Long, String> codes = new LinkedHashMap<>();
      rejections.forEach(rejection -> codes.put(rejection.getLine(), rejection.getCode()));
      assertThat(codes).as("one rejection a line").hasSameSizeAs(rejections);
      return codes;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "videos/a.mp4, NOT_A_URI",
    "://b/a.mp4, NOT_A_URI",
    "https://b/a.mp4, UNKNOWN_SCHEME",
    "file:///a.mp4, UNKNOWN_SCHEME",
    "gs:///a.mp4, NO_BUCKET",
    "hf://datasets/n/a.mp4, NO_BUCKET",
    "hf://buckets/n/a.mp4, NO_BUCKET",
    "s3://b, NO_KEY",
    "s3://b/, NO_KEY",
    "gs://b/*.mp4, WILDCARD",
    "gs://*/a.mp4, WILDCARD",
    "gs://b/a.mov, NOT_MP4",
    "gs://b/a.mp4/, NOT_MP4",
  })
  void aBadUriHasItsCode(String uri, String code) {
    assertThat(rejected(Map.of("uri", uri), Map.of())).isEqualTo(code);
    assertThat(rejected(Map.of("front", uri), Map.of())).isEqualTo(code);
  }

  @Test
  void aNulIsNotAUri() {
    assertThat(rejected(Map.of("uri", "gs://b/a\0.mp4"), Map.of())).isEqualTo("NOT_A_URI");
  }

  @Test
  void aRowWithoutUriIsNone() {
    assertThat(rejected(Map.of("folder", "f"), Map.of())).isEqualTo("NOT_A_URI");
  }

  @ParameterizedTest
  @CsvSource({
    "gs://b/f.mp4, gs://c/l.mp4, MIXED_BUCKETS",
    "gs://b/f.mp4, s3://b/l.mp4, MIXED_PROVIDERS",
    "hf://buckets/n/b/f.mp4, hf://buckets/n/b/l.mp4, HF_MULTI_VIEW",
    "gs://b/f.mp4, gs://b/l.avi, NOT_MP4",
    "gs://b/f.mp4, l.mp4, NOT_A_URI",
  })
  void aBadSetHasItsCode(String front, String left, String code) {
    assertThat(rejected(Map.of("front", front, "left", left), Map.of())).isEqualTo(code);
    assertThat(rejected(Map.of(), Map.of("front", front, "left", left))).isEqualTo(code);
  }

  @Test
  void aSetNeedsAFrontThatIsAView() {
    assertThat(rejected(Map.of("left", "gs://b/l.mp4"), Map.of())).isEqualTo("NO_FRONT");
    assertThat(rejected(Map.of(), Map.of("rear", "gs://b/r.mp4"))).isEqualTo("NO_FRONT");
    // A URI beside the views is no front: which of the views it is can't be known.
    assertThat(rejected(Map.of("uri", "gs://b/f.mp4", "left", "gs://b/l.mp4"), Map.of()))
        .isEqualTo("NO_FRONT");
  }

  @Test
  void aViewThatTheApiDoesNotKnowIsRejected() {
    assertThat(rejected(Map.of(), Map.of("front", "gs://b/f.mp4", "roof", "gs://b/r.mp4")))
        .isEqualTo("UNKNOWN_VIEW");
  }

  @Test
  void aSetHoldsEveryView() throws RejectedException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String view : List.of("front", "rear", "back", "left", "right", "top", "bottom")) {
      fields.put(view, "s3://b/" + view + ".mp4");
    }
    for (int i = 1; i <= 6; i++) {
      fields.put("overhead_" + i, "s3://b/overhead-" + i + ".mp4");
    }
    fields.put("vehicle_view", "s3://b/vehicle.mp4");
    for (ManifestEntry entry : List.of(map(fields, Map.of()), map(Map.of("extra", "x"), fields))) {
      assertThat(entry.getSourceUri()).isEqualTo("s3://b/front.mp4");
      assertThat(entry.getViews()).containsExactlyInAnyOrderEntriesOf(fields);
    }
  }

  @Test
  void columnsAndViewsComeTogetherUnlessTheyDisagree() throws RejectedException {
    Map<String, String> left = Map.of("left", "gs://b/l.mp4");
    assertThat(map(Map.of("front", "gs://b/f.mp4"), left).getViews())
        .containsOnly(entry("front", "gs://b/f.mp4"), entry("left", "gs://b/l.mp4"));
    assertThat(rejected(Map.of("front", "gs://b/f.mp4", "left", "gs://b/x.mp4"), left))
        .isEqualTo("UNREADABLE_LINE");
  }

  @Test
  void theUriOfASetIsItsFront() throws RejectedException {
    Map<String, String> set =
        Map.of("uri", " GS://b/f.mp4", "front", "gs://b/f.mp4", "left", "gs://b/l.mp4");
    assertThat(map(set, Map.of()).getSourceUri()).isEqualTo("gs://b/f.mp4");
    assertThat(rejected(Map.of("uri", "gs://b/x.mp4", "front", "gs://b/f.mp4"), Map.of()))
        .isEqualTo("UNREADABLE_LINE");
  }

  @Test
  void aRowHasItsOwnSettings() throws RejectedException {
    ManifestEntry own =
        map(
            Map.of(
                "uri",
                "gs://b/a.mp4",
                "folder",
                " Trip 1 ",
                "scope",
                " ORG",
                "integration_id",
                " int_1 "),
            Map.of());
    assertThat(own.getFolder()).isEqualTo("Trip 1");
    assertThat(own.getScope()).isEqualTo("org");
    assertThat(own.getIntegrationId()).isEqualTo("int_1");
    assertThat(own.getManifest()).isEqualTo("m");
    assertThat(own.getLine()).isEqualTo(7);
    ManifestEntry none = map(Map.of("uri", "gs://b/a.mp4"), Map.of());
    assertThat(none.getFolder()).isNull();
    assertThat(none.getScope()).isNull();
    assertThat(none.getIntegrationId()).isNull();
    assertThat(none.getViews()).isEmpty();
  }

  @Test
  void aScopeIsUserOrOrg() {
    for (String scope : List.of("organization", "users", "orgg")) {
      assertThat(rejected(Map.of("uri", "gs://b/a.mp4", "scope", scope), Map.of()))
          .isEqualTo("BAD_SCOPE");
    }
  }

  @Test
  void theUsualNamesOfTheUriHaveAnOrder() throws RejectedException {
    assertThat(map(Map.of("url", "https://x", "uri", "gs://b/a.mp4"), Map.of()).getSourceUri())
        .isEqualTo("gs://b/a.mp4");
    for (String name : List.of("uri", "source_uri", "source-ref", "url", "path", "video")) {
      assertThat(map(Map.of(name, "gs://b/a.mp4"), Map.of()).getSourceUri())
          .isEqualTo("gs://b/a.mp4");
    }
  }

  @Test
  void theRawTextOfARejectionIsBounded() throws IOException {
    String whole = "not-a-uri-" + "😀".repeat(5_000);
    String raw = Lines.of(ManifestFormat.TXT, whole).rejections.get(0).getText();
    assertThat(raw).hasSizeBetween(Rejection.MAX_TEXT - 1, Rejection.MAX_TEXT);
    assertThat(whole).startsWith(raw);
  }

  @Test
  void theRawTextIsNotCutInsideACharacter() throws IOException {
    String raw = Lines.of(ManifestFormat.TXT, "x" + "😀".repeat(5_000)).rejections.get(0).getText();
    // Half a character can't be written as UTF-8: a store would hold another text, or refuse it.
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(raw)).isTrue();
  }

  @Test
  void aRunForTheOrganisationTakesNoRowOfAUser() throws RejectedException {
    EntryMapper mapper = new EntryMapper("m", RowRules.of(UriField.named(null)).withOrgOnly(true));
    for (String user : List.of("user", " User ")) {
      ManifestRow row =
          new ManifestRow(7, "raw", Map.of("uri", "gs://b/a.mp4", "scope", user), Map.of());
      assertThatThrownBy(() -> mapper.map(row))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("scope must be org");
      assertThatThrownBy(() -> mapper.mapUnread(row)).isInstanceOf(RejectedException.class);
    }
    assertThat(
            mapper
                .map(new ManifestRow(7, "raw", Map.of("uri", "gs://b/a.mp4"), Map.of()))
                .getScope())
        .isNull();
  }

  private static ManifestEntry map(Map<String, String> fields, Map<String, String> views)
      throws RejectedException {
    Map<String, Object> nested = views.isEmpty() ? Map.of() : Map.of("views", views);
    return new EntryMapper("m", RowRules.of(UriField.named(null)))
        .map(new ManifestRow(7, "raw", fields, nested));
  }

  private static String rejected(Map<String, String> fields, Map<String, String> views) {
    try {
      return "accepted as " + map(fields, views);
    } catch (RejectedException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      return e.code().name();
    }
  }

  @Test
  void aFolderThatTheTablesWouldCutIsRejected() {
    String uri = "s3://b/1.mp4";
    assertThat(rejected(Map.of("uri", uri, "folder", "é".repeat(951)), Map.of()))
        .isEqualTo("UNREADABLE_LINE");
    assertThat(rejected(Map.of("uri", uri, "folder", "é".repeat(950)), Map.of()))
        .startsWith("accepted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "integration_id", "vehicle"})
  void whatNoStoreKeepsIsRejected(String field) throws IOException {
    RowRules rules = RowRules.of(UriField.named(null)).withLabels(List.of("vehicle"));
    String text =
        "{\"uri\": \"s3://b/1.mp4\", \"%1$s\": \"x\\u0000\"}%n{\"uri\": \"s3://b/2.mp4\", \"%1$s\": \"x\\ud800\"}%n"
            .formatted(field);
    Lines lines = Lines.by(rules, ManifestFormat.JSONL, text.getBytes(StandardCharsets.UTF_8));
    assertThat(lines.entries).isEmpty();
    assertThat(lines.rejections)
        .extracting(Rejection::getCode)
        .containsExactly("UNREADABLE_LINE", "UNREADABLE_LINE");
    assertThat(lines.rejections.get(0).getMessage()).contains("NUL");
    assertThat(lines.rejections.get(1).getMessage()).contains("half a character");
  }
}
