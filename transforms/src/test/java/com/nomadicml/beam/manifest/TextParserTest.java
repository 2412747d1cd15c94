package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

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
}
