package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.KEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nomadicml.beam.api.ApiException.Kind;
import com.nomadicml.beam.api.ScriptedServer.Answer;
import com.nomadicml.beam.model.Provider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private static final Answer TRUNCATED = Answer.truncated(200, "{\"videos\":[],\"total\":0}");
  private static final String PAGE = "{\"videos\":[]}";
  private static final SubmitRequest IMPORT =
      new SubmitRequest(Provider.S3, "b", null, null, "user", List.of("a.mp4"), List.of());

  private final ScriptedServer server = new ScriptedServer();
  private final List<Duration> sleeps = new ArrayList<>();
  private final RecordingGate gate = new RecordingGate();
  private final NomadicApi api = client(server.url(), 1);

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 402, 403, 404, 409, 413, 422, 301})
  void aRefusalIsNeverRetried(int status) {
    server.times(2, Answer.of(status, "{}", "Retry-After", "1"));
    assertFails(this::page, Kind.PERMANENT, status);
    assertThat(server.requests()).hasSize(1);
    assertFails(this::submit, Kind.PERMANENT, status);
    assertThat(server.requests()).hasSize(2);
    assertThat(sleeps).isEmpty();
  }

  static Stream<Answer> passing() {
    return Stream.concat(
        Stream.of(408, 429, 500, 502, 503, 504, 520, 527).map(s -> Answer.of(s, "<html>busy")),
        Stream.of(TRUNCATED, Answer.of(200, "{\"videos\":["), Answer.of(200, "")));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void aReadIsRetriedUntilItIsAnswered(Answer trouble) throws ApiException {
    server.then(trouble).then(trouble).then(200, PAGE);
    assertThat(api.importJobVideos("ij_1", PageRequest.first(1)).videos()).isEmpty();
    assertThat(server.requests()).hasSize(3);
    assertThat(server.requests()).extracting(r -> r.header("X-Request-ID")).hasSize(3);
    assertThat(server.requests().stream().map(r -> r.header("X-Request-ID")).distinct()).hasSize(1);
    assertThat(sleeps).hasSize(2);
    assertThat(gate.passed).isEqualTo(3);
  }

  @Test
  void aReadIsRetriedAfterAConnectionWasClosed() throws ApiException {
    server.then(Answer.closed()).then(Answer.closed()).then(200, PAGE);
    page();
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void retriesAreBoundedAndWaitLongerEachTime() {
    server.times(9, Answer.of(500, "{\"detail\":\"oops\"}"));
    assertFails(this::page, Kind.RETRYABLE, 500);
    assertThat(server.requests()).hasSize(5);
    assertThat(sleeps).hasSize(4);
    for (int i = 0; i < sleeps.size(); i++) {
      long ceiling = 500L << i;
      assertThat(sleeps.get(i).toMillis()).isBetween(ceiling / 2, ceiling);
    }
  }

  @Test
  void aCallerThatMayNotWaitGetsTheCallBack() {
    gate.longestWait = Duration.ofMillis(600);
    server.times(2, Answer.of(500, "")).then(503, "", "Retry-After", "20");

    assertThatThrownBy(this::page).isInstanceOf(HeldBackException.class);

    assertThat(server.requests()).hasSize(2);
    assertThat(sleeps).hasSize(1).allMatch(gate::mayWait);
    assertThat(gate.heldBack).hasSize(1).noneMatch(gate::mayWait);
    assertFails(this::submit, Kind.RETRYABLE, 503);
    assertThat(gate.heldBack).last().isEqualTo(Duration.ofSeconds(20));
    assertThat(sleeps).hasSize(1);
  }

  @Test
  void refusalsForTheRateAreBoundedToo() {
    server.times(20, Answer.of(429, "{}"));
    assertFails(this::page, Kind.RETRYABLE, 429);
    assertThat(server.requests()).hasSize(10);
    assertThat(sleeps).hasSize(9).allMatch(wait -> wait.compareTo(Duration.ofSeconds(30)) <= 0);
  }

  @Test
  void waitsAreJittered() {
    server.times(10, Answer.of(500, ""));
    assertFails(this::page, Kind.RETRYABLE, 500);
    List<Duration> first = List.copyOf(sleeps);
    sleeps.clear();
    NomadicApi other = client(server.url(), 2);
    assertFails(() -> other.importJob("ij_1"), Kind.RETRYABLE, 500);
    assertThat(sleeps).hasSameSizeAs(first).isNotEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | 7000",
        " 0.5 | 500",
        "Tue, 24 Nov 2026 10:00:42 GMT | 42000",
      })
  void retryAfterIsHonoured(String retryAfter, long millis) throws ApiException {
    server.then(429, "", "Retry-After", retryAfter).then(503, "", "Retry-After", retryAfter);
    server.then(200, PAGE);
    page();
    assertThat(sleeps).containsOnly(Duration.ofMillis(millis)).hasSize(2);
    assertThat(gate.slowedDown).containsExactly(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "86401",
        "99999999",
        "9223372036854775807",
        "99999999999999999999999999999999999999999999",
        "1e400",
        "Fri, 31 Dec 9999 23:59:59 GMT",
      })
  void aRetryAfterOfMoreThanADayIsADay(String retryAfter) throws ApiException {
    gate.patient = true;
    server.then(429, "", "Retry-After", retryAfter).then(200, PAGE);
    page();
    assertThat(gate.slowedDown)
        .containsExactly(retryAfter.contains("e4") ? null : Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1 day", "NaN", "0", "0.0", "Tue, 24 Nov 2026 09:00:00 GMT"})
  void aRetryAfterThatMakesNoSenseIsNotOne(String retryAfter) throws ApiException {
    server.then(429, "", "Retry-After", retryAfter).then(200, PAGE);
    page();
    assertThat(sleeps).hasSize(1).allMatch(wait -> wait.toMillis() >= 250);
    assertThat(gate.slowedDown).hasSize(1).containsOnlyNulls();
  }

  static Stream<Answer> doubtful() {
    return Stream.of(
        Answer.of(408, ""),
        Answer.of(500, ""),
        Answer.of(502, "<html>Bad Gateway"),
        Answer.of(504, "", "Retry-After", "1"),
        Answer.closed(),
        Answer.truncated(200, "{\"import_job_id\":\"ij_1\"}"),
        Answer.of(200, "{\"import_job_id\":"),
        Answer.of(202, "accepted"),
        Answer.of(204, ""));
  }

  @ParameterizedTest
  @MethodSource("doubtful")
  void anImportInDoubtIsNotSentAgain(Answer doubt) {
    server.then(doubt);
    ApiException thrown = catchThrowableOfType(ApiException.class, this::submit);
    assertThat(thrown.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(server.requests()).hasSize(1);
    assertThat(sleeps).isEmpty();
  }

  @Test
  void aPatientGateWaitsForTheRateAlone() throws ApiException {
    gate.patient = true;
    server.then(429, "", "Retry-After", "36000").then(200, PAGE);
    page();
    assertThat(gate.slowedDown).containsExactly(Duration.ofHours(10));
    assertThat(sleeps).isEmpty();
  }

  @Test
  void aWaitOfHoursIsGivenUpWithoutAGateThatWaits() {
    server.then(429, "", "Retry-After", "36000");
    assertFails(this::page, Kind.RETRYABLE, 429);
    assertThat(sleeps).isEmpty();
  }

  @Test
  void doubtsInARowHoldTheGateBackForLongerAndLonger() throws ApiException {
    server.times(6, Answer.of(500, ""));
    for (int i = 0; i < 6; i++) {
      assertFails(this::submit, Kind.OUTCOME_UNKNOWN, 500);
    }
    assertThat(gate.heldBack)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 3L, 9L, 27L, 30L, 30L);
    server.then(200, "{\"import_job_id\":\"j\"}").then(500, "");
    submit();
    assertFails(this::submit, Kind.OUTCOME_UNKNOWN, 500);
    assertThat(gate.heldBack).last().isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void anAnswerThatStallsIsGivenUp() {
    server.then(Answer.stalled(200, "{\"import_job_id\":\"ij_1\"}"));
    NomadicApi impatient =
        HttpNomadicApi.builder(server.url(), KEY).timeout(Duration.ofMillis(300)).build();
    assertFails(() -> impatient.submit(IMPORT, "k"), Kind.OUTCOME_UNKNOWN, 0);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void anImportThatHadNoEffectIsSentAgainWithItsKey() throws ApiException {
    server.then(429, "").then(503, "<html>").then(503, "", "Retry-After", "3");
    server.then(200, "{\"import_job_id\":\"j\"}");
    assertThat(api.submit(IMPORT, "key-1").importJobId()).isEqualTo("j");
    assertThat(server.requests())
        .hasSize(4)
        .allMatch(r -> "key-1".equals(r.header("Idempotency-Key")))
        .allMatch(r -> r.json().equals(server.requests().get(0).json()));
  }

  @Test
  void anImportThatNeverReachedTheApiMayBeSentAgain() {
    server.close();
    assertFails(this::submit, Kind.RETRYABLE, 0);
    assertThat(sleeps).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1", "https://no-such-host.invalid"})
  void nothingIsThereWhereNobodyListens(String url) {
    NomadicApi other = client(URI.create(url), 1);

    ApiException thrown = catchThrowableOfType(ApiException.class, () -> other.importJob("ij_1"));

    assertThat(thrown.isUnreachable()).isTrue();
    assertThat(thrown.kind()).isEqualTo(Kind.RETRYABLE);
  }

  @Test
  void nothingIsThereWhereNobodySpeaksTls() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answers = new Thread(() -> answerInPlainText(plain));
      answers.start();
      NomadicApi other = client(URI.create("https://127.0.0.1:" + plain.getLocalPort()), 1);

      ApiException thrown = catchThrowableOfType(ApiException.class, () -> other.importJob("ij_1"));

      assertThat(thrown.isUnreachable()).isTrue();
      assertThat(thrown.kind()).isEqualTo(Kind.RETRYABLE);
    }
  }

  private static void answerInPlainText(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
          socket.shutdownOutput();
          socket.getInputStream().readAllBytes();
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Test
  void anApiThatBreaksOffIsThere() {
    server.times(5, Answer.closed());
    assertThat(catchThrowableOfType(ApiException.class, this::page).isUnreachable()).isFalse();
  }

  @Test
  void everyRefusalForTheRateSlowsTheGateDown() throws ApiException {
    server.then(429, "", "Retry-After", "7").then(500, "").then(200, PAGE);
    page();
    assertThat(gate.slowedDown).containsExactly(Duration.ofSeconds(7));
    assertThat(gate.recovered).isEqualTo(1);
    gate.slowedDown.clear();
    server.times(10, Answer.of(429, ""));
    assertFails(this::page, Kind.RETRYABLE, 429);
    assertThat(gate.slowedDown).hasSize(10);
  }

  @Test
  void anImportThatIsInterruptedAtTheGateHadNoEffect() {
    gate.interrupted = true;
    try {
      assertFails(this::submit, Kind.RETRYABLE, 0);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(server.requests()).isEmpty();
  }

  private void page() throws ApiException {
    api.importJobVideos("ij_1", PageRequest.first(1));
  }

  private void submit() throws ApiException {
    api.submit(IMPORT, "key-1");
  }

  private static void assertFails(ThrowingCallable call, Kind kind, int status) {
    ApiException thrown = catchThrowableOfType(ApiException.class, call);
    assertThat(thrown).isNotNull();
    assertThat(thrown.kind()).isEqualTo(kind);
    assertThat(thrown.status()).isEqualTo(status);
  }

  private NomadicApi client(URI url, long seed) {
    return HttpNomadicApi.builder(url, KEY)
        .sleeper(sleeps::add)
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .random(new Random(seed))
        .gate(gate)
        .build();
  }

  private static final class RecordingGate implements RequestGate {
    private boolean interrupted;
    private boolean patient;
    private Duration longestWait = Duration.ofDays(1);
    private int passed;
    private int recovered;
    private final List<Duration> slowedDown = new ArrayList<>();
    private final List<Duration> heldBack = new ArrayList<>();

    @Override
    public void await() throws InterruptedException {
      if (interrupted) {
        throw new InterruptedException();
      }
      passed++;
    }

    @Override
    public void slowDown(@Nullable Duration retryAfter) {
      slowedDown.add(retryAfter);
    }

    @Override
    public boolean mayWait(Duration wait) {
      return wait.compareTo(longestWait) <= 0;
    }

    @Override
    public boolean isPatient() {
      return patient;
    }

    @Override
    public void holdBack(Duration pause) {
      heldBack.add(pause);
    }

    @Override
    public void recover() {
      recovered++;
    }
  }
}
