package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers BigQuery's dry runs of queries: the one thing that a job asks while it is translated. */
final class BigQueryAnswers implements AutoCloseable {
  private static final String DRY_RUN =
      """
      {"jobReference": {"projectId": "fleet-project", "jobId": "dry"},
       "configuration": {"dryRun": true},
       "status": {"state": "DONE"},
       "statistics": {"totalBytesProcessed": "4711",
                      "query": {"totalBytesProcessed": "4711", "schema": {"fields": []}}}}
      """;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  BigQueryAnswers() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.getRequestBody().readAllBytes();
            byte[] answer = DRY_RUN.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/";
  }

  /** The requests so far: method and path. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
