package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An API that is away when a run begins, with hours that pass at once. */
class KeyCheckTest {
  @TempDir private Path directory;
  private ImportHarness harness;
  private Path manifest;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
    harness.skipTime();
    manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /** A server that answers so many requests like this; 0 for a connection that it closes. */
  private HostileApi away(int requests, int status, String... headers) {
    AtomicInteger asked = new AtomicInteger();
    return new HostileApi(
        harness.url(),
        request -> asked.incrementAndGet() <= requests,
        (request, out) -> {
          if (status > 0) {
            HostileApi.write(out, status, "<html>Sorry</html>".getBytes(UTF_8), headers);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"503", "502", "429", "200", "0"})
  void itIsWaitedForInWords(int status) throws IOException {
    try (HostileApi api = away(12, status)) {
      Outcome outcome = harness.importFrom(manifest, "--apiUrl=" + api.url());

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(outcome.err().lines())
          .hasSizeBetween(3, 15)
          .allMatch(line -> line.startsWith("nomadic-import: "));
      assertThat(outcome.err())
          .contains("waiting for the API", "it is waited for until", "--patience=PT2H")
          .contains("the API answers again, after");
    }
  }

  @ParameterizedTest
  @CsvSource({"503, 1, has not answered for PT30M", "429, 4, paused", "0, 1, has not answered"})
  void patienceEnds(int status, int exitCode, String words) throws IOException {
    try (HostileApi api = away(Integer.MAX_VALUE, status)) {
      Outcome outcome = harness.importFrom(manifest, "--apiUrl=" + api.url(), "--patience=PT30M");

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
      assertThat(outcome.err().lines()).hasSizeBetween(3, 32);
      assertThat(outcome.err().lines().toList().get(outcome.err().split("\n").length - 1))
          .contains(words);
      assertThat(api.requests()).hasSizeLessThan(45);
    }
  }

  @Test
  void a429ThatAsksForHoursIsTheEndOfTheQuotaAtOnce() throws IOException {
    try (HostileApi api = away(Integer.MAX_VALUE, 429, "Retry-After: 36000")) {
      Outcome outcome = harness.importFrom(manifest, "--apiUrl=" + api.url());

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(api.requests()).hasSize(1);
    }
  }
}
