package com.nomadicml.beam.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.api.ApiException.Kind;
import com.nomadicml.beam.api.RetryDecision.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.annotation.Nullable;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** One logical call: its headers, its tries, its answer or its {@link ApiException}. */
final class HttpCall {
  private static final String USER_AGENT = "nomadic-import-beam/1.0";

  /** For what is neither the headers nor the body of an answer. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final int RATE_REFUSED = 429;
  private static final int SERVER_ERROR = 500;
  private static final int REDIRECT = 3;

  private final HttpClient client;
  private final String baseUrl;
  private final String apiKey;
  private final Redaction redaction;
  private final RequestGate gate;
  private final Admission admission;
  private final Sleeper sleeper;
  private final RetryDecision retry;
  private final Duration timeout;
  private final AtomicInteger troublesInARow = new AtomicInteger();

  HttpCall(
      HttpClient client,
      String baseUrl,
      String apiKey,
      RequestGate gate,
      Admission admission,
      Sleeper sleeper,
      RetryDecision retry,
      Duration timeout) {
    this.client = client;
    this.baseUrl = baseUrl;
    this.apiKey = apiKey;
    this.redaction = Redaction.of(apiKey);
    this.gate = gate;
    this.admission = admission;
    this.sleeper = sleeper;
    this.retry = retry;
    this.timeout = timeout;
  }

  /** A call that may be sent again at will. */
  <T> T repeatable(
      String method,
      String path,
      @Nullable JsonNode body,
      AnswerLimit limit,
      Answers.Reader<T> answer)
      throws ApiException {
    String id = UUID.randomUUID().toString();
    return send(method, path, body, id, true, redaction, limit, answer);
  }

  /** A call that is sent again only when it certainly had no effect. */
  <T> T once(
      String method,
      String path,
      @Nullable JsonNode body,
      String idempotencyKey,
      AnswerLimit limit,
      Answers.Reader<T> answer)
      throws ApiException {
    return send(method, path, body, idempotencyKey, false, redaction, limit, answer);
  }

  /** The same, with more in its body than the API key that must not come back to light. */
  <T> T onceWithSecrets(
      String method,
      String path,
      JsonNode body,
      List<String> secrets,
      AnswerLimit limit,
      Answers.Reader<T> answer)
      throws ApiException {
    String key = UUID.randomUUID().toString();
    return send(method, path, body, key, false, redaction.and(secrets), limit, answer);
  }

  private <T> T send(
      String method,
      String path,
      @Nullable JsonNode body,
      String requestId,
      boolean repeatable,
      Redaction redaction,
      AnswerLimit limit,
      Answers.Reader<T> answer)
      throws ApiException {
    admission.check();
    AnswerLimit allowed = limit.within(sleeper.patience(timeout));
    HttpRequest request = request(method, path, body, requestId, allowed);
    for (int tries = 1; ; tries++) {
      Try<T> result = tryOnce(ApiRoute.of(path), request, redaction, allowed, answer);
      if (result.failure() == null) {
        troublesInARow.set(0);
        return result.value();
      }
      Kind kind = retry.kind(result.failure(), result.status(), repeatable);
      Duration wait =
          retry.waitBefore(kind, result.failure(), result.status(), tries, result.retryAfter());
      if (result.status() == RATE_REFUSED) {
        gate.slowDown(retry.parseRetryAfter(result.retryAfter()));
        if (gate.isPatient() && tries < RetryDecision.MAX_RATE_REFUSALS) {
          // The gate waits, or says that the quota is spent.
          continue;
        }
      }
      if (kind == Kind.OUTCOME_UNKNOWN) {
        // The caller may send it again at once: what is in trouble gets the time to recover.
        gate.holdBack(retry.pauseAfterTrouble(troublesInARow.incrementAndGet()));
      } else if (kind == Kind.PERMANENT) {
        troublesInARow.set(0);
      }
      if (kind == Kind.RETRYABLE && !gate.mayWait(wait == null ? RetryDecision.MAX_WAIT : wait)) {
        Duration pause = retry.pauseAfterTrouble(troublesInARow.incrementAndGet());
        Duration longer = wait == null || pause.compareTo(wait) > 0 ? pause : wait;
        gate.holdBack(longer);
        throw new HeldBackException(result.status(), longer, result.message())
            .because(result.cause());
      }
      if (kind == Kind.PERMANENT && result.failure() == Failure.TOO_LARGE) {
        throw new OversizedAnswerException(result.message());
      }
      if (wait == null) {
        throw new ApiException(kind, result.status(), result.message()).because(result.cause());
      }
      sleep(wait);
    }
  }

  /**
   * What one try brought.
   *
   * @param failure null for an answer
   * @param cause why there is no answer, where that is known
   */
  private record Try<T>(
      @Nullable T value,
      @Nullable Failure failure,
      int status,
      @Nullable String retryAfter,
      String message,
      @Nullable IOException cause) {

    static <T> Try<T> failed(Failure failure, String message, @Nullable IOException cause) {
      return new Try<>(null, failure, 0, null, message, cause);
    }
  }

  private <T> Try<T> tryOnce(
      ApiRoute route,
      HttpRequest request,
      Redaction redaction,
      AnswerLimit limit,
      Answers.Reader<T> answer)
      throws ApiException {
    passGate();
    try {
      HttpResponse<String> response = exchange(request, limit);
      int status = response.statusCode();
      String text = redaction.apply(response.body());
      gate.answered(route, status);
      if (status != RATE_REFUSED && status < SERVER_ERROR) {
        gate.recover();
      }
      if (status / 100 != 2) {
        String retryAfter = response.headers().firstValue("Retry-After").orElse(null);
        return new Try<>(null, Failure.STATUS, status, retryAfter, message(status, text), null);
      }
      return decode(text, answer);
    } catch (ConnectException
        | HttpConnectTimeoutException
        | UnknownHostException
        | SSLHandshakeException
        | SSLPeerUnverifiedException e) {
      gate.answered(route, 0);
      return Try.failed(
          Failure.NOT_CONNECTED, "no connection to " + baseUrl + reason(e, redaction), e);
    } catch (BoundedBody.TooLargeException e) {
      gate.answered(route, 0);
      return Try.failed(
          Failure.TOO_LARGE, baseUrl + " gives " + e.getMessage() + ", which is not read on", e);
    } catch (HttpTimeoutException e) {
      gate.answered(route, 0);
      return Try.failed(Failure.TOO_LATE, "no answer from " + baseUrl + reason(e, redaction), e);
    } catch (IOException e) {
      gate.answered(route, 0);
      return Try.failed(Failure.NO_ANSWER, "no answer from " + baseUrl + reason(e, redaction), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(Kind.OUTCOME_UNKNOWN, 0, "interrupted while waiting for the API");
    }
  }

  /** Nothing of this try was sent yet, and earlier tries had no effect or may be repeated. */
  private void passGate() throws ApiException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(Kind.RETRYABLE, 0, "interrupted while waiting for the quota");
    }
  }

  /** Keeps what a 401 is about, even where the API says it beside its message. */
  private String message(int status, String body) {
    String message = ErrorMessage.of(body, apiKey);
    if (status / 100 == REDIRECT) {
      return "HTTP "
          + status
          + ", a redirect, which is never followed, since the key would travel with it: --apiUrl"
          + " has to name the API itself";
    }
    if (message.equals(ErrorMessage.NONE)) {
      return "HTTP " + status + ", " + message;
    }
    boolean lost =
        ApiException.isAboutHuggingFace(body) && !ApiException.isAboutHuggingFace(message);
    return status == 401 && lost ? "Hugging Face: " + message : message;
  }

  private <T> Try<T> decode(String text, Answers.Reader<T> answer) {
    if (answer == Answers.IGNORED) {
      return new Try<>(null, null, 0, null, "", null);
    }
    // Some proxies put a byte order mark in front.
    String json = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      JsonNode body = json.isBlank() ? Answers.JSON.nullNode() : Answers.JSON.readTree(json);
      return new Try<>(answer.read(body), null, 0, null, "", null);
    } catch (IOException | IllegalArgumentException e) {
      return Try.failed(
          Failure.NO_ANSWER,
          "an answer that can't be read: " + ErrorMessage.of(text, apiKey),
          null);
    }
  }

  private HttpRequest request(
      String method, String path, @Nullable JsonNode body, String requestId, AnswerLimit limit) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUrl + path))
            .timeout(limit.forHeaders())
            .header("X-API-Key", apiKey)
            .header("Authorization", "Bearer " + apiKey)
            .header("User-Agent", USER_AGENT)
            .header("X-Request-ID", requestId)
            .header("Accept", "application/json")
            .header("Accept-Encoding", "gzip");
    if (!method.equals("GET")) {
      request.header("Idempotency-Key", requestId);
    }
    if (body == null) {
      return request.method(method, BodyPublishers.noBody()).build();
    }
    return request
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
        .build();
  }

  private HttpResponse<String> exchange(HttpRequest request, AnswerLimit limit)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(request, headers -> new BoundedBody(headers, limit));
    Duration whole = limit.forHeaders().plus(limit.forBody()).plus(SLACK);
    try {
      return response.get(whole.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new HttpTimeoutException("no whole answer within " + whole);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("the request could not be sent", e.getCause());
    }
  }

  /** The HTTP client quotes what it can't read: a status line, for one. */
  private String reason(IOException e, Redaction redaction) {
    boolean isUnknown =
        e instanceof UnknownHostException || e.getCause() instanceof UnresolvedAddressException;
    if (isUnknown) {
      return " (its host is not known)";
    }
    return e.getMessage() == null
        ? ""
        : " (" + ErrorMessage.of(redaction.apply(e.getMessage()), apiKey) + ")";
  }

  private void sleep(Duration wait) throws ApiException {
    try {
      sleeper.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(Kind.RETRYABLE, 0, "interrupted between two tries");
    }
  }
}
