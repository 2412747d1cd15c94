package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RedactionTest {
  private static final String KEY = "sk-live_0123456789-very+secret/Key";

  static Stream<String> forms() {
    byte[] bytes = KEY.getBytes(UTF_8);
    return Stream.of(
        KEY,
        base64(KEY),
        base64("Bearer " + KEY),
        base64("key:" + KEY + ":end"),
        base64("ab" + KEY),
        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
        Base64.getMimeEncoder(16, "\r\n".getBytes(UTF_8)).encodeToString(bytes),
        HexFormat.of().formatHex(bytes),
        HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes),
        java.net.URLEncoder.encode(KEY, UTF_8),
        KEY.replace("-", "%2d").replace("_", "%5f").replace("+", "%2b").replace("/", "%2f"),
        HexFormat.of().withPrefix("%").formatHex(bytes),
        KEY.replace("-", "\\u002d")
            .replace("_", "\\u005f")
            .replace("+", "\\u002b")
            .replace("/", "\\u002f"),
        KEY.chars().mapToObj(Character::toString).collect(Collectors.joining(" ")),
        KEY.chars().mapToObj(Character::toString).collect(Collectors.joining("\u200b")));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theKeyIsBlottedInEveryForm(String form) {
    String text = Redaction.of(KEY).apply("the header was '" + form + "', twice " + form + ".");

    assertThat(text).startsWith("the header was '").endsWith(".").contains("***");
    assertThat(text).doesNotContain(form.substring(form.length() / 4, form.length() / 4 * 3));
  }

  @Test
  void whatIsNoKeyIsLeft() {
    String text = "s3://bucket/sk-live/0123456789.mp4 \u00fc\ud83d\ude00";

    assertThat(Redaction.of(KEY).apply(text)).isEqualTo(text);
  }
}
