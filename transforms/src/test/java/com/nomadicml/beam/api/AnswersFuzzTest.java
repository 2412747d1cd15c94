package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * Whatever an answer holds, its reader yields bounded values or says that it can't be read.
 *
 * <p>The seeds are the contract's examples and {@link #PIECES}. A short run is part of every build;
 * {@code CONTRIBUTING.md} has the command for a long one.
 */
@Tag("small-heap")
class AnswersFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  private static final List<String> SEEDS =
      List.of(
          ApiFixtures.text("key-verified"),
          ApiFixtures.text("folder"),
          ApiFixtures.text("import-job"),
          ApiFixtures.text("import-job-videos"),
          ApiFixtures.text("video-status"),
          "{\"import_job_id\":\"ij_1\",\"uploaded_video_ids\":[\"a\",null,7]}",
          "{\"has_more\":true,\"next_cursor\":\"0f\",\"videos\":[{\"video_id\":\"0f\",\"error\":{}}]}",
          "[{\"id\":\"i\",\"type\":\"gcs\",\"bucket\":\"b\",\"is_owner\":true}]",
          "{\"detail\":[{\"loc\":[\"body\",0],\"msg\":\"no\"}],\"message\":\"m\"}",
          "<html><body><h1>502</h1>");

  private static final List<String> PIECES =
      List.of(
          "null",
          "true",
          "-1",
          "1e999",
          "9".repeat(90),
          "9".repeat(5_000),
          "\"\"",
          "{}",
          "[]",
          "\\u0000",
          "\\ud800",
          "\u001b[2J",
          "\u202e",
          "\"..\"",
          "[".repeat(200),
          "{\"a\":".repeat(200),
          "\"" + "x".repeat(20_000) + "\"",
          "<",
          ">",
          "\"",
          ",",
          ":",
          "}",
          "]",
          "\n",
          "\uFEFF");

  private static final List<Answers.Reader<?>> READERS =
      List.of(
          Answers::keyVerification,
          Answers::folder,
          Answers::importJob,
          Answers::page,
          Answers::videoStatus,
          Answers::submitted,
          Answers::integration,
          Answers::integrations,
          Answers::members);

  @Provide
  Arbitrary<String> bodies() {
    Arbitrary<String> edited =
        Combinators.combine(
                Arbitraries.of(SEEDS), Arbitraries.integers().between(1, 8), Arbitraries.longs())
            .as(AnswersFuzzTest::edit);
    return Arbitraries.oneOf(edited, Arbitraries.strings().ofMaxLength(2_000));
  }

  /** Some pieces put in, and some of the text left out or doubled. */
  private static String edit(String seed, int edits, long choice) {
    Random random = new Random(choice);
    StringBuilder text = new StringBuilder(seed);
    for (int i = 0; i < edits; i++) {
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(12));
      switch (random.nextInt(3)) {
        case 0 -> text.delete(from, to);
        case 1 -> text.insert(from, text.substring(from, to));
        default -> text.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString();
  }

  @Property
  void aReaderYieldsBoundedValuesOrSaysWhyNot(@ForAll("bodies") String body) {
    JsonNode json;
    try {
      json = Answers.JSON.readTree(body);
    } catch (IOException unreadable) {
      return;
    }
    for (Answers.Reader<?> reader : READERS) {
      Throwable thrown = catchThrowable(() -> assertIsBounded(reader.read(json)));
      if (thrown != null) {
        assertThat(thrown).isInstanceOfAny(IOException.class, IllegalArgumentException.class);
      }
    }
  }

  private static void assertIsBounded(Object value) {
    if (value instanceof VideoPage page) {
      assertThat(page.total()).isNotNegative();
      page.videos().forEach(AnswersFuzzTest::assertIsBounded);
      assertThat(String.valueOf(page.nextCursor())).hasSizeLessThanOrEqualTo(1_000);
    } else if (value instanceof VideoRow row) {
      assertThat(row.videoId()).hasSizeLessThanOrEqualTo(250);
      assertThat(String.valueOf(row.status())).hasSizeLessThanOrEqualTo(150);
      assertThat(String.valueOf(row.error())).hasSizeLessThanOrEqualTo(550);
      assertThat(String.valueOf(row.sourceUri())).hasSizeLessThanOrEqualTo(10_050);
    } else if (value instanceof SubmitAnswer answer && answer.importJobId() != null) {
      assertThat(BoundedText.whyNoId(answer.importJobId())).isNull();
    } else if (value instanceof Folder folder) {
      assertThat(BoundedText.whyNoId(folder.id())).isNull();
    } else if (value instanceof Integration integration) {
      assertThat(BoundedText.whyNoId(integration.id())).isNull();
    }
  }

  @Property
  void anErrorsWordsAreOneBoundedLineWithoutTheKey(@ForAll("bodies") String body) {
    String key = ApiFixtures.KEY;
    String echo = body.substring(0, body.length() / 2) + key + body.substring(body.length() / 2);
    assertThat(ErrorMessage.of(echo, key))
        .isNotBlank()
        .hasSizeLessThanOrEqualTo(550)
        .doesNotContain(key, "\n", "\r", "\u001b");
  }

  @Property
  void aRetryAfterIsAtMostADay(@ForAll("headers") String header) {
    Duration wait =
        new RetryDecision(Clock.fixed(NOW, ZoneOffset.UTC), new Random(1)).parseRetryAfter(header);
    if (wait != null) {
      assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofDays(1));
    }
  }

  @Provide
  Arbitrary<String> headers() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(100),
        Arbitraries.strings().numeric().ofMaxLength(400),
        Arbitraries.longs().map(String::valueOf),
        Arbitraries.doubles().map(String::valueOf),
        Combinators.combine(
                Arbitraries.integers().between(-5, 40),
                Arbitraries.of("Nov", "Dec", "Feb", "Nov 1"),
                Arbitraries.integers().between(-1, 99_999))
            .as((day, month, year) -> "Tue, " + day + ' ' + month + ' ' + year + " 10:00:00 GMT"));
  }

  @Property
  void anIdIsBoundedAndNoStepInAPath(@ForAll String id) {
    if (BoundedText.isId(id)) {
      assertThat(id).isNotBlank().hasSizeLessThanOrEqualTo(200).isNotIn(".", "..");
      assertThat(new String(id.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
          .isEqualTo(id);
    }
  }
}
