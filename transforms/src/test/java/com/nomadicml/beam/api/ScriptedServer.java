package com.nomadicml.beam.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.annotation.Nullable;

/** An HTTP server on the loopback that records requests and answers them from a script. */
public final class ScriptedServer implements AutoCloseable {
  private final HttpServer server;
  private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  public ScriptedServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  /** What the client sent; path and query as they came over the wire. */
  public record Request(
      String method, String path, @Nullable String query, Headers headers, String body) {

    @Nullable
    public String header(String name) {
      List<String> values = headers.get(name);
      if (values != null && values.size() > 1) {
        throw new AssertionError(name + " was sent " + values.size() + " times");
      }
      return headers.getFirst(name);
    }

    public JsonNode json() {
      try {
        return new ObjectMapper().readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + body, e);
      }
    }
  }

  /** One scripted answer. */
  @FunctionalInterface
  public interface Answer {
    void send(HttpExchange exchange) throws IOException;

    /**
     * A whole answer.
     *
     * @param headers names and values in turn
     */
    static Answer of(int status, String body, String... headers) {
      return bytes(status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static Answer bytes(int status, byte[] body, String... headers) {
      return exchange -> {
        for (int i = 0; i < headers.length; i += 2) {
          exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
          exchange.getResponseBody().write(body);
        }
        exchange.close();
      };
    }

    /** No answer: the connection ends after the request was read. */
    static Answer closed() {
      return HttpExchange::close;
    }

    /** The connection ends in the middle of the body. */
    static Answer truncated(int status, String body) {
      return exchange -> {
        sendPart(exchange, status, body);
        exchange.close();
      };
    }

    /** The body stops coming, and the connection stays open. */
    static Answer stalled(int status, String body) {
      return exchange -> sendPart(exchange, status, body);
    }

    private static void sendPart(HttpExchange exchange, int status, String body)
        throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
    }
  }

  public ScriptedServer then(Answer answer) {
    script.add(answer);
    return this;
  }

  public ScriptedServer then(int status, String body, String... headers) {
    return then(Answer.of(status, body, headers));
  }

  public ScriptedServer times(int count, Answer answer) {
    for (int i = 0; i < count; i++) {
      script.add(answer);
    }
    return this;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public List<Request> requests() {
    return requests;
  }

  Request onlyRequest() {
    if (requests.size() != 1) {
      throw new AssertionError("expected one request, not " + requests);
    }
    return requests.get(0);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    URI uri = exchange.getRequestURI();
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            uri.getRawPath(),
            uri.getRawQuery(),
            exchange.getRequestHeaders(),
            body));
    Answer answer = script.poll();
    // A refusal that is never retried, so that a request too many fails the test at once.
    (answer == null ? Answer.of(418, "no answer is scripted") : answer).send(exchange);
  }
}
