package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.Rejection;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextParserTest {

  @Test
  void readsAUriALine() throws IOException {
    Lines lines = parse("gs://b/a.mp4\ns3://b/b.mp4\nhf://buckets/n/b/c.mp4");
    assertThat(lines.uris())
        .containsExactly(
            entry(1L, "gs://b/a.mp4"),
            entry(2L, "s3://b/b.mp4"),
            entry(3L, "hf://buckets/n/b/c.mp4"));
    assertThat(lines.blank).isZero();
    assertThat(lines.rejections).isEmpty();
    assertThat(lines.entries.get(0).getManifest()).isEqualTo("m");
  }

  @Test
  void blankLinesAndCommentsAreCounted() throws IOException {
    Lines lines = parse("# fleet\n\n  # indented\n \t \ngs://b/a.mp4\n#\n");
    assertThat(lines.uris()).containsExactly(entry(5L, "gs://b/a.mp4"));
    assertThat(lines.blank).isEqualTo(5);
  }

  @Test
  void aHashIsACommentOnlyAtTheStart() throws IOException {
    Lines lines = parse("gs://b/take #1.mp4\ngs://b/#.mp4\n");
    assertThat(lines.uris())
        .containsExactly(entry(1L, "gs://b/take #1.mp4"), entry(2L, "gs://b/#.mp4"));
  }

  @Test
  void windowsLineEndsAreNoPartOfALine() throws IOException {
    Lines lines = parse("gs://b/a.mp4\r\n\r\nnope\r\ngs://b/b.mp4\r\n");
    assertThat(lines.uris()).containsExactly(entry(1L, "gs://b/a.mp4"), entry(4L, "gs://b/b.mp4"));
    assertThat(lines.codes()).containsExactly(entry(3L, "NOT_A_URI"));
    assertThat(lines.rejections.get(0).getText()).isEqualTo("nope");
    assertThat(lines.blank).isEqualTo(1);
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
    assertThat(parse("\uFEFFgs://b/a.mp4\n").uris()).containsExactly(entry(1L, "gs://b/a.mp4"));
    assertThat(parse("\uFEFF# comment\n").blank).isEqualTo(1);
    assertThat(parse("\uFEFF").blank).isZero();
    // Files that were put one after the other have one inside.
    assertThat(parse("\n\uFEFFgs://b/a.mp4\n").uris()).containsExactly(entry(2L, "gs://b/a.mp4"));
  }

  @Test
  void spaceAroundALineIsNoPartOfItAndSpaceInTheKeyIs() throws IOException {
    assertThat(parse("  gs://b/ a  b .mp4 \t\n").uris())
        .containsExactly(entry(1L, "gs://b/ a  b .mp4"));
  }

  @Test
  void aBadLineIsRejectedWhereItStands() throws IOException {
    Lines lines = parse("gs://b/a.mp4\n#\ngs://b/a.mov\nftp://b/a.mp4\ngs://b/b.mp4\n");
    assertThat(lines.codes()).containsExactly(entry(3L, "NOT_MP4"), entry(4L, "UNKNOWN_SCHEME"));
    assertThat(lines.rejections).extracting(Rejection::getManifest).containsOnly("m");
    assertThat(lines.rejections)
        .extracting(Rejection::getText)
        .containsExactly("gs://b/a.mov", "ftp://b/a.mp4");
    assertThat(lines.uris()).containsOnlyKeys(1L, 5L);
  }

  @Test
  void aLineThatIsNotUtf8IsRejectedAndTheNextIsRead() throws IOException {
    byte[] latin1 = "gs://b/caf\u00e9.mp4\ngs://b/b.mp4\n".getBytes(StandardCharsets.ISO_8859_1);
    Lines lines = Lines.of(ManifestFormat.TXT, latin1, null);
    assertThat(lines.codes()).containsExactly(entry(1L, "UNREADABLE_LINE"));
    assertThat(lines.rejections.get(0).getMessage()).contains("UTF-8");
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/b.mp4"));
  }

  @Test
  void aLineWithoutEndIsRejectedAndTheNextIsRead() throws IOException {
    Lines lines = parse("gs://b/" + "a".repeat(3 << 20) + ".mp4\ngs://b/b.mp4\n");
    assertThat(lines.codes()).containsExactly(entry(1L, "UNREADABLE_LINE"));
    assertThat(lines.rejections.get(0).getText())
        .startsWith("gs://b/aaa")
        .hasSizeLessThanOrEqualTo(Rejection.MAX_TEXT);
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/b.mp4"));
  }

  @Test
  void anEmptyFileHasNoLines() throws IOException {
    Lines lines = parse("");
    assertThat(lines.entries).isEmpty();
    assertThat(lines.rejections).isEmpty();
    assertThat(lines.blank).isZero();
  }

  private static Lines parse(String text) throws IOException {
    return Lines.of(ManifestFormat.TXT, text);
  }

  @Test
  void anyLineEndEndsALine() throws IOException {
    Lines lines = parse("s3://b/1.mp4\rs3://b/2.mp4\r\rs3://b/4.mp4\r\ns3://b/5.mp4\nnope\r");
    assertThat(lines.uris())
        .containsExactly(
            entry(1L, "s3://b/1.mp4"),
            entry(2L, "s3://b/2.mp4"),
            entry(4L, "s3://b/4.mp4"),
            entry(5L, "s3://b/5.mp4"));
    assertThat(lines.blank).isEqualTo(1);
    assertThat(lines.codes()).containsExactly(entry(6L, "NOT_A_URI"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-8"})
  void anyNumberOfByteOrderMarksIsNoPartOfTheText(String charset) throws IOException {
    byte[] text = "\uFEFF\uFEFFs3://b/é😀.mp4\r\nnope".getBytes(charset);
    Lines lines = Lines.of(ManifestFormat.TXT, text, null);
    assertThat(lines.uris()).containsExactly(entry(1L, "s3://b/é😀.mp4"));
    assertThat(lines.codes()).containsExactly(entry(2L, "NOT_A_URI"));
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16LE, UTF-16 without a byte order mark",
    "UTF-16BE, UTF-16 without a byte order mark",
    "X-UTF-32LE-BOM, UTF-32",
  })
  void anotherEncodingIsNamed(String charset, String name) {
    byte[] text = "s3://b/a.mp4\n".getBytes(Charset.forName(charset));
    assertThatThrownBy(() -> Lines.of(ManifestFormat.TXT, text, null))
        .isInstanceOf(CharConversionException.class)
        .hasMessageContainingAll("line 1, byte 1", name);
  }

  @Test
  void brokenUtf16IsRefusedWithItsPlace() throws IOException {
    byte[] text = "\uFEFFs3://b/a.mp4\ns3://b/".getBytes(StandardCharsets.UTF_16LE);
    byte[] broken = Arrays.copyOf(text, text.length + 1);
    assertThatThrownBy(() -> Lines.of(ManifestFormat.TXT, broken, null))
        .isInstanceOf(CharConversionException.class)
        .hasMessageContainingAll("line 2, byte " + broken.length, "0x00", "UTF-16LE");
  }

  @Test
  void aByteThatIsNoUtf8IsShownAndNotReplaced() throws IOException {
    byte[] latin1 = "#\ns3://b/caf\u00e9.mp4".getBytes(StandardCharsets.ISO_8859_1);
    Rejection rejection = Lines.of(ManifestFormat.TXT, latin1, null).rejections.get(0);
    assertThat(rejection.getLine()).isEqualTo(2);
    assertThat(rejection.getText()).isEqualTo("s3://b/caf\\xE9.mp4");
    assertThat(rejection.getMessage()).contains("byte 11 is 0xE9");
  }

  @Test
  void unseenCharactersAroundAUriAreNoPartOfIt() throws IOException {
    assertThat(parse("\u00A0\u200Bs3://b/a\u00A0b.mp4\u202C\u00A0\n").uris())
        .containsExactly(entry(1L, "s3://b/a\u00A0b.mp4"));
  }

  @Test
  void typographicQuotesAreNamed() throws IOException {
    Lines lines = parse("“s3://b/a.mp4”\ns3://b/b.mp4”\n");
    assertThat(lines.codes()).containsExactly(entry(1L, "UNKNOWN_SCHEME"), entry(2L, "NOT_MP4"));
    assertThat(lines.rejections.get(0).getMessage()).contains("“ (U+201C)");
    assertThat(lines.rejections.get(1).getMessage()).contains("” (U+201D)");
  }
}
