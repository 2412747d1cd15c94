package com.nomadicml.beam.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class VisibleTextTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Example
  void whatATerminalObeysIsShown() {
    assertThat(VisibleText.of("s3://b\u001b]0;PWNED\u0007\u001b[2J\u001b[31mRED/a.mp4"))
        .isEqualTo("s3://b\\u001b]0;PWNED\\u0007\\u001b[2J\\u001b[31mRED/a.mp4");
    assertThat(VisibleText.of("\u009b31m\u007f\u0085\u2028\r\n\t\u0000"))
        .isEqualTo("\\u009b31m\\u007f\\u0085\\u2028\\u000d\\u000a\\u0009\\u0000");
    assertThat(VisibleText.of("\u202egpj.exe\u2066\u200f\u061c\ufeff\u200b\ud800"))
        .isEqualTo("\\u202egpj.exe\\u2066\\u200f\\u061c\\ufeff\\u200b\\ud800");
    assertThat(VisibleText.of("tag \udb40\udc41")).isEqualTo("tag \\udb40\\udc41");
    assertThat(VisibleText.of(null)).isNull();
  }

  @Example
  void whatPeopleWriteStaysAsItIs() {
    for (String text :
        new String[] {"Zürich", "東京 42%", "C:\\videos", "می‌خواهم", "👩‍🚀 😀", "e\u0301", ""}) {
      assertThat(VisibleText.of(text)).isSameAs(text);
    }
  }

  @Example
  void aTextOfLinesKeepsThem() {
    assertThat(VisibleText.ofLines("a\n\tb\r\n\u001b[2J")).isEqualTo("a\n\tb\\u000d\n\\u001b[2J");
  }

  @Property
  void nothingHiddenIsLeftAndNothingIsLost(@ForAll String text) throws JsonProcessingException {
    String visible = VisibleText.of(text);
    assertThat(visible.codePoints().map(Character::getType))
        .doesNotContain(
            (int) Character.CONTROL,
            (int) Character.LINE_SEPARATOR,
            (int) Character.PARAGRAPH_SEPARATOR,
            (int) Character.SURROGATE);
    assertThat(VisibleText.of(visible)).isEqualTo(visible);
    String json = JSON.writeValueAsString(text);
    assertThat(JSON.readValue(VisibleText.of(json), String.class)).isEqualTo(text);
  }
}
