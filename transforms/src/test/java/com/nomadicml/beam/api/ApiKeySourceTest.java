package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeySourceTest {
  private static final String KEY = "nmd_5ecret";

  @TempDir Path dir;

  @Test
  void theEnvironmentVariableIsRead() {
    // A test can't set a variable, so any whose value could be a key stands in for one.
    Map.Entry<String, String> variable =
        System.getenv().entrySet().stream()
            .filter(entry -> entry.getValue().matches("[!-~]+"))
            .findAny()
            .orElseThrow();
    assertThat(ApiKeySource.parse("env:" + variable.getKey()).read())
        .isEqualTo(variable.getValue());
  }

  @Test
  void aMissingVariableIsNamed() {
    assertThatThrownBy(() -> ApiKeySource.parse("env:NOMADIC_NO_SUCH_KEY").read())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("environment variable NOMADIC_NO_SUCH_KEY")
        .hasMessageContaining("API Keys");
  }

  @ParameterizedTest
  @ValueSource(strings = {KEY, KEY + "\n", KEY + "\r\n", "  " + KEY + " \n\n"})
  void theFileIsReadWithoutTheWhiteSpaceAround(String content) throws IOException {
    assertThat(source(content).read()).isEqualTo(KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \r\n\t"})
  void aBlankFileIsNamed(String content) throws IOException {
    ApiKeySource source = source(content);
    assertThatThrownBy(source::read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no API key in the file " + source.name());
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = dir.resolve("missing.key");
    assertThatThrownBy(() -> ApiKeySource.parse("file:" + missing).read())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("can't be read");
  }

  @Test
  void whatComesAfterTheKindIsTakenAsItIs() {
    assertThat(ApiKeySource.parse("file:/run/a:b")).isEqualTo(new ApiKeySource("file", "/run/a:b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {KEY, "", "env:", "file:", "ENV:" + KEY, "key:" + KEY, " env:" + KEY})
  void anythingElseIsRefusedWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> ApiKeySource.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("env:NAME")
        .hasMessageContaining("file:PATH")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void theKeyIsNoPartOfTheTextForm() throws IOException {
    ApiKeySource source = source(KEY);
    source.read();
    assertThat(source.toString()).contains(source.name()).doesNotContain(KEY);
  }

  /** A header can't hold a line break, and the client's complaint would quote the whole value. */
  @ParameterizedTest
  @ValueSource(strings = {KEY + "\nsecond line", "KEY=\n" + KEY, KEY + "\r\n" + KEY})
  void aFileThatHoldsMoreThanAKeyIsRefusedWithoutQuotingIt(String content) throws IOException {
    ApiKeySource source = source(content);
    assertThatThrownBy(source::read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(source.name())
        .hasMessageNotContaining(KEY);
  }

  private ApiKeySource source(String content) throws IOException {
    Path file = Files.writeString(dir.resolve("nomadic.key"), content);
    return ApiKeySource.parse("file:" + file);
  }
}
