package com.nomadicml.beam.status;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.common.base.Throwables;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which failures say that BigQuery is away, or busy, and not that something is wrong. */
final class BigQueryOutage {
  private static final Set<Integer> ANSWERS = Set.of(429, 500, 502, 503, 504);

  /** What it says whatever its status is (BigQuery, "Error messages"). */
  private static final Set<String> REASONS =
      Set.of(
          "backendError",
          "internalError",
          "rateLimitExceeded",
          "jobBackendError",
          "jobInternalError",
          "jobRateLimitExceeded");

  private static final Set<Status.Code> CODES =
      EnumSet.of(
          Status.Code.UNAVAILABLE,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.INTERNAL,
          Status.Code.ABORTED);

  /** Of a connection that can't be made, or broke. */
  private static final List<Class<? extends Exception>> CONNECTION =
      List.of(
          SocketException.class,
          SocketTimeoutException.class,
          UnknownHostException.class,
          EOFException.class);

  private BigQueryOutage() {}

  /** Why BigQuery can't be used now; empty when the failure is none that passes. */
  static Optional<String> reason(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .flatMap(cause -> reasonOf(cause).stream())
        .findFirst();
  }

  private static Optional<String> reasonOf(Throwable cause) {
    if (cause instanceof HttpResponseException answer) {
      return ANSWERS.contains(answer.getStatusCode()) || saysSo(answer)
          ? Optional.of("BigQuery answers " + answer.getStatusCode() + words(answer))
          : Optional.empty();
    }
    if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
      Status status = Status.fromThrowable(cause);
      return CODES.contains(status.getCode())
          ? Optional.of("BigQuery answers " + status.getCode() + words(status.getDescription()))
          : Optional.empty();
    }
    return CONNECTION.stream().anyMatch(type -> type.isInstance(cause))
        ? Optional.of("BigQuery can't be reached" + words(cause.getMessage()))
        : Optional.empty();
  }

  private static boolean saysSo(HttpResponseException answer) {
    GoogleJsonError details = details(answer);
    return details != null
        && details.getErrors() != null
        && details.getErrors().stream().anyMatch(error -> REASONS.contains(error.getReason()));
  }

  private static String words(HttpResponseException answer) {
    GoogleJsonError details = details(answer);
    return words(details == null ? answer.getStatusMessage() : details.getMessage());
  }

  private static GoogleJsonError details(HttpResponseException answer) {
    return answer instanceof GoogleJsonResponseException json ? json.getDetails() : null;
  }

  private static String words(String text) {
    return text == null || text.isBlank() ? "" : " (" + text.strip() + ")";
  }
}
