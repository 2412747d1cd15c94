package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactionTest {
  private static final String KEY = "sk-live_0123456789-very+secret/Key";

  static Stream<String> forms() {
    byte[] bytes = KEY.getBytes(UTF_8);
    String hex = HexFormat.of().formatHex(bytes);
    return Stream.of(
        KEY,
        KEY.toUpperCase(Locale.ROOT),
        base64(KEY),
        base64("Bearer " + KEY),
        base64("key:" + KEY + ":end"),
        base64("ab" + KEY),
        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
        Base64.getMimeEncoder(16, "\r\n".getBytes(UTF_8)).encodeToString(bytes),
        hex,
        hex.substring(0, 20) + hex.substring(20).toUpperCase(Locale.ROOT),
        HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes),
        each("0x%02x "::formatted),
        each("\\x%02X"::formatted),
        each("\\%03o"::formatted),
        java.net.URLEncoder.encode(KEY, UTF_8),
        java.net.URLEncoder.encode(base64(KEY), UTF_8),
        KEY.replace("-", "%2d").replace("_", "%5f").replace("+", "%2b").replace("/", "%2f"),
        each("%%%02x"::formatted),
        each("%%25%02X"::formatted),
        KEY.replace("-", "\\u002d").replace("_", "\\u005f").replace("/", "\\/"),
        each("\\u%04x"::formatted),
        each("\\\\u%04X"::formatted),
        each("&#%d;"::formatted),
        each("&#x%x;"::formatted),
        each("&amp;#%d;"::formatted),
        each("%c&lt;"::formatted),
        each("%c "::formatted),
        each("%c\u200b"::formatted),
        each("%c\u00e2\u0080\u008b"::formatted),
        each("%c\\u200b"::formatted),
        each("%c\n"::formatted));
  }

  private static String each(IntFunction<String> form) {
    return KEY.chars().mapToObj(form).collect(Collectors.joining());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theKeyIsBlottedInEveryForm(String form) {
    assertIsBlotted(form);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theKeyIsBlottedInJsonAndInJsonWithinJson(String form) throws JsonProcessingException {
    String once = escaped(form);
    assertIsBlotted(once);
    assertIsBlotted(escaped(once));
  }

  private static String escaped(String text) throws JsonProcessingException {
    String json = new ObjectMapper().writeValueAsString(text);
    return json.substring(1, json.length() - 1);
  }

  private static void assertIsBlotted(String form) {
    String text = Redaction.of(KEY).apply("the header was '" + form + "', twice '" + form + "'.");

    assertThat(text).startsWith("the header was '").contains("***", "', twice '").endsWith("'.");
    // What is before and behind the key stays, and what is left of three bytes in Base64.
    assertThat(text.replaceAll("\\W", "")).hasSizeLessThan(50);
  }

  @Test
  void jsonStaysJson() throws JsonProcessingException {
    for (String form : forms().toList()) {
      String answer = new ObjectMapper().writeValueAsString(List.of("a", form, form, "b"));

      String[] read = new ObjectMapper().readValue(Redaction.of(KEY).apply(answer), String[].class);

      assertThat(read).hasSize(4).contains("a", "b");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://bucket/sk-live/0123456789.mp4 \u00fc\ud83d\ude00",
        "{\"a\":\"\\u00fc\\n%41&#66;\\/\"}",
        "\\u00",
        "%",
        "&#;",
        "\\",
        "&#x110000;",
        "&amp;&lt;b&gt; &amp",
        ""
      })
  void whatIsNoKeyIsLeft(String text) {
    assertThat(Redaction.of(KEY).apply(text)).isEqualTo(text);
  }

  @Test
  void aPageOfManyRowsIsLeft() {
    Random random = new Random(1);
    String page =
        Stream.generate(() -> row(random)).limit(5_000).collect(Collectors.joining(",", "[", "]"));

    assertThat(Redaction.of(KEY).apply(page)).isEqualTo(page);
  }

  private static String row(Random random) {
    byte[] bytes = new byte[40];
    random.nextBytes(bytes);
    return "{\"id\":\"%s\",\"etag\":\"%s\",\"uri\":\"s3://sk-live/very%%2Bsecret/Key/%d\\u00fc.mp4\"}"
        .formatted(
            HexFormat.of().formatHex(bytes), base64(new String(bytes, UTF_8)), random.nextInt());
  }

  /** What backtracks over it, or begins anew with each escape, takes minutes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"\\", "%", "%41", "&#0000", "&amp;", "\\u005c", "sk-live_", "0123456789", "a b "})
  void aTextThatIsMadeToBeSlowIsNot(String repeated) {
    String text = repeated.repeat(5_000_000 / repeated.length());

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThat(Redaction.of(KEY).apply(text).equals(text)).isTrue());
  }

  @Test
  void aSecretOfFewLettersIsBlottedAsItIsAndInJson() throws JsonProcessingException {
    Redaction redaction = Redaction.of("a\"b\\c+/-_=.~!");

    assertThat(redaction.apply("it was a\"b\\c+/-_=.~!")).isEqualTo("it was ***");
    assertThat(redaction.apply(escaped("it was a\"b\\c+/-_=.~!"))).isEqualTo("it was ***");
  }

  @Test
  void aShortSecretIsBlottedWhereItIsNoChance() {
    Redaction redaction = Redaction.of("fleet-9");

    assertThat(redaction.apply("s3://fleet-9/a.mp4")).isEqualTo("s3://fleet-9/a.mp4");
    assertThat(redaction.apply("it was 666C6565742D39")).isEqualTo("it was ***");
  }
}
