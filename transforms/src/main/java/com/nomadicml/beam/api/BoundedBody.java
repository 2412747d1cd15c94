package com.nomadicml.beam.api;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads a body while it is counted: one that grows beyond its limit, or takes too long, is given up
 * at once and its connection closed. Of an error's body the beginning is enough, so that one is cut
 * instead: its status counts however long its words are.
 */
final class BoundedBody implements BodySubscriber<String> {
  private final boolean isError;
  private final boolean isGzip;
  private final int limit;
  private final AnswerLimit allowed;
  private final CompletableFuture<String> text = new CompletableFuture<>();
  private final CompletableFuture<Void> deadline = new CompletableFuture<>();
  private ByteArrayOutputStream received = new ByteArrayOutputStream();
  private Flow.Subscription subscription;

  BoundedBody(ResponseInfo response, AnswerLimit allowed) {
    this.isError = response.statusCode() / 100 != 2;
    this.isGzip =
        response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip");
    this.limit = isError ? AnswerLimit.ERROR_BYTES : allowed.bytes();
    this.allowed = allowed;
  }

  /** An answer that is larger than any of its kind: to ask again would bring it again. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int limit) {
      super("an answer of more than " + limit + " bytes");
    }
  }

  @Override
  public CompletionStage<String> getBody() {
    return text;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    deadline
        .orTimeout(allowed.forBody().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((none, late) -> onDeadline(late));
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> chunks) {
    for (ByteBuffer chunk : chunks) {
      if (text.isDone()) {
        return;
      }
      byte[] bytes = new byte[Math.min(chunk.remaining(), limit + 1 - received.size())];
      chunk.get(bytes);
      received.writeBytes(bytes);
      if (received.size() > limit) {
        subscription.cancel();
        end(isError ? null : new TooLargeException(limit));
      }
    }
  }

  @Override
  public synchronized void onError(Throwable failure) {
    end(failure);
  }

  @Override
  public synchronized void onComplete() {
    end(null);
  }

  private synchronized void onDeadline(Throwable late) {
    if (late != null && !text.isDone()) {
      subscription.cancel();
      end(isError ? null : new HttpTimeoutException("no whole answer within " + allowed.forBody()));
    }
  }

  private void end(Throwable failure) {
    if (text.isDone()) {
      return;
    }
    deadline.complete(null);
    byte[] bytes = received.toByteArray();
    received = new ByteArrayOutputStream();
    try {
      if (failure == null) {
        text.complete(decode(bytes));
      } else {
        text.completeExceptionally(failure);
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      text.completeExceptionally(e);
    }
  }

  private String decode(byte[] bytes) throws IOException {
    if (!isGzip) {
      return new String(bytes, 0, Math.min(bytes.length, limit), StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    try (InputStream body = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] buffer = new byte[8 << 10];
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        decoded.write(buffer, 0, Math.min(read, limit + 1 - decoded.size()));
        if (decoded.size() > limit) {
          if (isError) {
            break;
          }
          throw new TooLargeException(limit);
        }
      }
    } catch (EOFException | ZipException e) {
      // An error that was cut, or isn't what its header says, still has its status.
      if (!isError) {
        throw e;
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }
}
