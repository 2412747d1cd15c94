package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponseException;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** BigQuery that is away or busy, with hours that pass at once. */
class BigQueryOutageTest {
  private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");

  private Instant now = START;

  static Stream<Exception> ofAnOutage() {
    return Stream.of(
        answer(503, "backendError", "Error encountered during execution. Retrying may help."),
        answer(429, "rateLimitExceeded", "Exceeded rate limits"),
        answer(403, "rateLimitExceeded", "Exceeded rate limits: too many api requests"),
        answer(400, "jobBackendError", "try again"),
        answer(500, "internalError", "unexpected"),
        new ConnectException("Connection refused"),
        new SocketException("Connection reset"),
        new UnknownHostException("bigquery.googleapis.com"),
        new ExecutionException(Status.UNAVAILABLE.asRuntimeException()),
        new ExecutionException(Status.RESOURCE_EXHAUSTED.asException()));
  }

  static Stream<Exception> ofAMistake() {
    return Stream.of(
        answer(400, "invalidQuery", "Syntax error"),
        answer(403, "accessDenied", "Access Denied"),
        answer(403, "quotaExceeded", "Quota exceeded: your project exceeded quota"),
        answer(404, "notFound", "Not found: Dataset"),
        new IOException("Error getting access token"),
        new ExecutionException(Status.PERMISSION_DENIED.asRuntimeException()),
        new ExecutionException(Status.INVALID_ARGUMENT.asRuntimeException()));
  }

  private static Exception answer(int status, String reason, String words) {
    GoogleJsonError.ErrorInfo info = new GoogleJsonError.ErrorInfo();
    info.setReason(reason);
    GoogleJsonError details = new GoogleJsonError();
    details.setErrors(List.of(info));
    details.setMessage(words);
    return new GoogleJsonResponseException(
        new HttpResponseException.Builder(status, words, new HttpHeaders()), details);
  }

  @ParameterizedTest
  @MethodSource("ofAnOutage")
  void itIsWaitedFor(Exception failure) throws Exception {
    String result =
        retry(Duration.ofHours(2))
            .run(
                "write",
                () -> {
                  if (now.isBefore(START.plus(Duration.ofMinutes(90)))) {
                    throw new StatusStoreException("could not", failure);
                  }
                  return "written";
                });

    assertThat(result).isEqualTo("written");
  }

  @ParameterizedTest
  @MethodSource("ofAMistake")
  void aMistakeIsNot(Exception failure) {
    AtomicInteger tries = new AtomicInteger();
    assertThatThrownBy(
            () ->
                retry(Duration.ofHours(2))
                    .run(
                        "write",
                        () -> {
                          tries.incrementAndGet();
                          throw failure;
                        }))
        .isSameAs(failure);
    assertThat(tries).hasValue(1);
  }

  @Test
  void patienceHasAnEnd() {
    assertThatThrownBy(
            () ->
                retry(Duration.ofHours(1))
                    .run(
                        "write to t",
                        () -> {
                          throw answer(503, "backendError", "try again");
                        }))
        .isInstanceOf(StatusStoreException.class)
        .hasMessage(
            "could not write to t at bigquery:p.ends: BigQuery answers 503 (try again), and was"
                + " waited for as long as --patience=PT1H says: once it answers, run again with the"
                + " same command");
    assertThat(now).isEqualTo(START.plus(Duration.ofHours(1)));
  }

  /** What was refused for a while is there, and once. */
  @Test
  void rowsAreWrittenOnceItIsBack() {
    StatusStore store =
        BigQueryModel.fresh(Duration.ofHours(2), clock(), pause -> now = now.plus(pause));
    BigQueryModel.beforeEachRow(this::failForAnHour);
    BigQueryModel.beforeEachStatement(this::failForAnHour);

    store.recordVideos(List.of(StatusRows.full("user/", "s3://b/1.mp4")));

    assertThat(store.videos("user/", List.of("s3://b/1.mp4"))).hasSize(1);
    assertThat(now).isAfterOrEqualTo(START.plus(Duration.ofHours(1)));
  }

  private void failForAnHour() {
    if (now.isBefore(START.plus(Duration.ofHours(1)))) {
      throw Status.UNAVAILABLE.asRuntimeException();
    }
  }

  private Clock clock() {
    InstantSource source = () -> now;
    return source.withZone(ZoneOffset.UTC);
  }

  private BigQueryRetry retry(Duration patience) {
    return new BigQueryRetry("bigquery:p.ends", patience, clock(), pause -> now = now.plus(pause));
  }
}
