package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DelimitedParserTest {

  @Test
  void readsTheColumnsByName() throws IOException {
    Lines lines = csv("folder,uri,scope,integration_id\nTrip 1,gs://b/a.mp4,org,int_1\n");
    ManifestEntry entry = lines.entries.get(0);
    assertThat(entry.getSourceUri()).isEqualTo("gs://b/a.mp4");
    assertThat(entry.getFolder()).isEqualTo("Trip 1");
    assertThat(entry.getScope()).isEqualTo("org");
    assertThat(entry.getIntegrationId()).isEqualTo("int_1");
    assertThat(entry.getLine()).isEqualTo(2);
    assertThat(entry.getViews()).isEmpty();
  }

  @Test
  void tabsPartATsv() throws IOException {
    Lines lines =
        Lines.of(ManifestFormat.TSV, "uri\tfolder\ngs://b/a,b.mp4\tx\n\"gs://b/a\tb.mp4\"\ty\n");
    assertThat(lines.uris())
        .containsExactly(entry(2L, "gs://b/a,b.mp4"), entry(3L, "gs://b/a\tb.mp4"));
    assertThat(lines.entries).extracting(ManifestEntry::getFolder).containsExactly("x", "y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"URI", " uri ", "\"Uri\"", "Source_URI", "source-ref", "Video", "PATH"})
  void theHeaderMayBeWrittenInAnyCase(String header) throws IOException {
    assertThat(csv(header + "\ngs://b/a.mp4\n").uris()).containsExactly(entry(2L, "gs://b/a.mp4"));
  }

  @Test
  void theUriFieldNamesAnyColumn() throws IOException {
    byte[] text = "uri,Clip Name\nhttps://x,gs://b/a.mp4\n".getBytes(StandardCharsets.UTF_8);
    assertThat(Lines.of(ManifestFormat.CSV, text, " clip name").uris())
        .containsExactly(entry(2L, "gs://b/a.mp4"));
    assertThatThrownBy(() -> Lines.of(ManifestFormat.CSV, text, "clip"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m: ", "clip", "found uri, clip name", "--uriField");
  }

  @Test
  void aUriColumnThatStandsTwiceLosesNothingInSilence() {
    assertThatThrownBy(() -> csv("uri,v,URI\ns3://b/a.mp4,v,s3://b/b.mp4\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("m: ", "the column uri stands twice");
  }

  @Test
  void aCommaThatIsNotQuotedCutsNoUriOff() throws IOException {
    Lines lines = csv("uri\ns3://b/a.mp4,b.mp4\ns3://b/c.mp4,\n");
    assertThat(lines.uris()).containsExactly(entry(3L, "s3://b/c.mp4"));
    assertThat(lines.rejections)
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.getText()).isEqualTo("s3://b/a.mp4,b.mp4");
              assertThat(rejection.getMessage()).contains("has to be quoted");
            });
  }

  @Test
  void quotesHoldCommasQuotesAndLineEnds() throws IOException {
    Lines lines =
        csv(
            "uri,note\n\"gs://b/a,b.mp4\",x\n"
                + "\"gs://b/say \"\"hi\"\".mp4\",\"one\ntwo\n\nthree\"\n");
    assertThat(lines.uris())
        .containsExactly(entry(2L, "gs://b/a,b.mp4"), entry(3L, "gs://b/say \"hi\".mp4"));
  }

  @Test
  void linesAreCountedThroughQuotedLineEnds() throws IOException {
    Lines lines = csv("uri,note\ngs://b/a.mp4,\"1\n2\n3\"\nnope,\"x\r\ny\"\ngs://b/b.mp4,\nx,\n");
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a.mp4"), entry(7L, "gs://b/b.mp4"));
    assertThat(lines.codes()).containsExactly(entry(5L, "NOT_A_URI"), entry(8L, "NOT_A_URI"));
    assertThat(lines.rejections.get(0).getText()).contains("nope").contains("x\r\ny");
  }

  @Test
  void windowsLineEndsAndAByteOrderMarkAreRead() throws IOException {
    Lines lines = csv("\uFEFFuri,folder\r\ngs://b/a.mp4,f\r\n\r\nnope,g\r\ngs://b/b.mp4,");
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a.mp4"), entry(5L, "gs://b/b.mp4"));
    assertThat(lines.codes()).containsExactly(entry(4L, "NOT_A_URI"));
    assertThat(lines.entries).extracting(ManifestEntry::getFolder).containsExactly("f", null);
    assertThat(lines.blank).isEqualTo(1);
    assertThat(csv("\uFEFF\"uri\"\ngs://b/a.mp4\n").uris()).hasSize(1);
  }

  @Test
  void emptyLinesAreBlankAndCounted() throws IOException {
    Lines lines = csv("uri,folder\n\n,\n  , \t\ngs://b/a.mp4,f\n\n");
    assertThat(lines.uris()).containsExactly(entry(5L, "gs://b/a.mp4"));
    assertThat(lines.blank).isEqualTo(4);
    assertThat(lines.rejections).isEmpty();
  }

  @Test
  void extraColumnsAndEmptyCellsAreKeptOutOfTheWay() throws IOException {
    Lines lines = csv("id,uri,speed,notes\n1,gs://b/a.mp4,3.5,\"a, b\",, \n2,gs://b/b.mp4\n");
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a.mp4"), entry(3L, "gs://b/b.mp4"));
    assertThat(lines.entries.get(0).getViews()).isEmpty();
  }

  @Test
  void aColumnWithoutNameIsNotTheUri() throws IOException {
    // A data frame is written with its index in a first column that has no name.
    Lines lines = csv(",uri\n0,gs://b/a.mp4\n1,gs://b/b.mp4\n");
    assertThat(lines.rejections).isEmpty();
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a.mp4"), entry(3L, "gs://b/b.mp4"));
  }

  @Test
  void aRowIsASetWhenItHasViews() throws IOException {
    Lines lines =
        csv("Front,LEFT,uri\ngs://b/f.mp4,gs://b/l.mp4,\n,,gs://b/s.mp4\n,gs://b/l.mp4,\n");
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/f.mp4"), entry(3L, "gs://b/s.mp4"));
    assertThat(lines.entries.get(0).getViews())
        .containsOnly(entry("front", "gs://b/f.mp4"), entry("left", "gs://b/l.mp4"));
    assertThat(lines.entries.get(1).getViews()).isEmpty();
    assertThat(lines.codes()).containsExactly(entry(4L, "NO_FRONT"));
  }

  @Test
  void aFrontColumnIsEnough() throws IOException {
    assertThat(csv("front,rear\ngs://b/f.mp4,gs://b/r.mp4\n").uris())
        .containsExactly(entry(2L, "gs://b/f.mp4"));
  }

  @Test
  void aLineThatIsNotUtf8IsRejectedAndTheNextIsRead() throws IOException {
    byte[] latin1 =
        "uri\ngs://b/caf\u00e9.mp4\ngs://b/b.mp4\n".getBytes(StandardCharsets.ISO_8859_1);
    Lines lines = Lines.of(ManifestFormat.CSV, latin1, null);
    assertThat(lines.codes()).containsExactly(entry(2L, "UNREADABLE_LINE"));
    assertThat(lines.uris()).containsExactly(entry(3L, "gs://b/b.mp4"));
  }

  @Test
  void aReplacementCharacterIsACharacter() throws IOException {
    Lines lines = csv("uri\ngs://b/a\uFFFD.mp4\n");
    assertThat(lines.rejections).isEmpty();
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a\uFFFD.mp4"));
  }

  @Test
  void theRawTextOfABadLineIsBounded() throws IOException {
    Rejection rejection = csv("uri,note\nnope," + "n".repeat(9_000) + "\n").rejections.get(0);
    assertThat(rejection.getLine()).isEqualTo(2);
    assertThat(rejection.getText()).startsWith("nope,nnn").hasSize(Rejection.MAX_TEXT);
  }

  @Test
  void withoutAUriColumnTheFileIsRefused() {
    for (String header : new String[] {"id,name\n", "\n", "gs://b/a.mp4\ngs://b/b.mp4\n"}) {
      assertThatThrownBy(() -> csv(header))
          .isInstanceOf(ManifestException.class)
          .hasMessageStartingWith("m: ")
          .hasMessageContaining("looked for uri, source_uri")
          .hasMessageContaining("found " + header.split("\n", -1)[0].replace(",", ", "));
    }
    assertThatThrownBy(() -> csv(""))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("no header");
  }

  @Test
  void aQuoteThatNeverClosesCostsItsOwnLineOnly() throws IOException {
    Lines lines = csv("uri\ngs://b/a.mp4\n\"gs://b/b.mp4\ngs://b/c.mp4\n");
    assertThat(lines.codes()).containsExactly(entry(3L, "UNREADABLE_LINE"));
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a.mp4"), entry(4L, "gs://b/c.mp4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"gs://b/x.mp4\"y,f", "gs://b/x.mp4,\"f\" g", "\"\"\"\"x\"\",f"})
  void aStrayQuoteCostsItsOwnLineOnly(String bad) throws IOException {
    Lines lines = csv("uri,folder\ngs://b/a.mp4,f\n" + bad + "\n\"gs://b/b.mp4\",f\n");
    assertThat(lines.codes()).containsExactly(entry(3L, "UNREADABLE_LINE"));
    assertThat(lines.rejections.get(0).getText()).isEqualTo(bad);
    assertThat(lines.uris()).containsExactly(entry(2L, "gs://b/a.mp4"), entry(4L, "gs://b/b.mp4"));
  }

  @Test
  void aQuoteInsideAValueIsACharacter() throws IOException {
    assertThat(csv("uri,size\ngs://b/5\" a.mp4,5\"\ngs://b/b.mp4,\n").uris())
        .containsExactly(entry(2L, "gs://b/5\" a.mp4"), entry(3L, "gs://b/b.mp4"));
  }

  @Test
  void aHeaderThatCanNotBeReadIsOneClearLine() {
    assertThatThrownBy(() -> csv("\"uri\" x,folder\ngs://b/a.mp4,f\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("m, line 1");
  }

  private static Lines csv(String text) throws IOException {
    return Lines.of(ManifestFormat.CSV, text);
  }

  @Test
  void anyLineEndEndsARecordButNotWithinQuotes() throws IOException {
    Lines lines = csv("uri,note\rs3://b/a.mp4,\"x\ry\"\r\"s3://b/b\r.mp4\",\r\nnope,");
    assertThat(lines.uris())
        .containsExactly(entry(2L, "s3://b/a.mp4"), entry(4L, "s3://b/b\r.mp4"));
    assertThat(lines.codes()).containsExactly(entry(6L, "NOT_A_URI"));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void theHeaderTellsTheDelimiter(String delimiter) throws IOException {
    for (ManifestFormat format : List.of(ManifestFormat.CSV, ManifestFormat.TSV)) {
      String text = "id,uri,folder\n1,\"s3://b/a,;|.mp4\",f\n2,s3://b/b.mp4,\n";
      String parted = text.replace(",;|", "COMMA").replace(",", delimiter).replace("COMMA", ",;|");
      Lines lines = Lines.of(format, parted);
      assertThat(lines.uris())
          .containsExactly(entry(2L, "s3://b/a,;|.mp4"), entry(3L, "s3://b/b.mp4"));
      assertThat(lines.entries.get(0).getFolder()).isEqualTo("f");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sep=;", "SEP=^", "\"sep=|\"", "sep=\t"})
  void excelsOwnLineTellsTheDelimiter(String line) throws IOException {
    String delimiter = line.replaceAll("(?i)sep=|\"", "");
    Lines lines = csv(line + "\r\nuri,folder\r\ns3://b/a.mp4,f\r\nx,".replace(",", delimiter));
    assertThat(lines.uris()).containsExactly(entry(3L, "s3://b/a.mp4"));
    assertThat(lines.entries.get(0).getFolder()).isEqualTo("f");
    assertThat(lines.codes()).containsExactly(entry(4L, "NOT_A_URI"));
  }

  @Test
  void aHeaderOfNoUseNamesItsDelimiter() {
    assertThatThrownBy(() -> csv("id;clip\n1;s3://b/a.mp4\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("found id, clip;", "parted by ;");
    assertThatThrownBy(() -> csv("“uri”,“folder”\ns3://b/a.mp4,f\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContainingAll("“uri”", "typographic quote “ (U+201C)");
  }

  @Test
  void aRowOfTooManyCellsIsRejected() throws IOException {
    Lines lines = csv("uri,vehicle\ns3://b/clip 1.mp4,take2.mp4,v1\ns3://b/ok.mp4,v1,,\n");
    assertThat(lines.codes()).containsExactly(entry(2L, "UNREADABLE_LINE"));
    assertThat(lines.rejections.get(0).getMessage())
        .contains("3 cells in 2 columns", "has to be quoted");
    assertThat(lines.uris()).containsExactly(entry(3L, "s3://b/ok.mp4"));
    // Unless the header has columns without a name.
    assertThat(csv("uri,\ns3://b/a.mp4,x\n").uris()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00A0uri", "uri\u200B", "\uFEFF\uFEFF\uFEFFuri", "\u202Auri\u202C"})
  void unseenCharactersAroundANameAreNoPartOfIt(String name) throws IOException {
    assertThat(csv("v," + name + "\n1,\u00A0s3://b/a.mp4\u200B\n").uris())
        .containsExactly(entry(2L, "s3://b/a.mp4"));
  }

  @Test
  void anUnseenCharacterInsideANameIsNamed() {
    assertThatThrownBy(() -> csv("source\u200B_uri,v\ns3://b/a.mp4,1\n"))
        .hasMessageContaining("source<U+200B>_uri");
  }

  @Test
  void strayQuotesMixNoLines() throws IOException {
    Lines lines = csv("uri,n\n\"x\ny\n\"p\"q\ns3://b/1.mp4,\ns3://b/2.mp4,\n\"s3://b/3.mp4\",\n");
    assertThat(lines.uris())
        .containsExactly(
            entry(5L, "s3://b/1.mp4"), entry(6L, "s3://b/2.mp4"), entry(7L, "s3://b/3.mp4"));
    assertThat(lines.codes()).containsOnlyKeys(2L, 3L, 4L);
  }
}
