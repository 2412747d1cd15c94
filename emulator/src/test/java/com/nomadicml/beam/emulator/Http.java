package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sends requests as a client of the API would. */
final class Http {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI base;

  Http(Emulator emulator) {
    base = emulator.url();
  }

  /** An answer of any status. */
  record Answer(int status, HttpHeaders headers, String body) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + body, e);
      }
    }

    String detail() {
      return json().path("detail").asText();
    }

    String header(String name) {
      return headers.firstValue(name).orElse(null);
    }
  }

  Answer get(String path) throws IOException {
    return send("GET", path, null, "X-API-Key", "key");
  }

  Answer delete(String path) throws IOException {
    return send("DELETE", path, null, "X-API-Key", "key");
  }

  /** Posts a JSON text, or anything that Jackson writes as JSON. */
  Answer post(String path, Object body) throws IOException {
    return send("POST", path, body, "X-API-Key", "key");
  }

  Answer patch(String path, Object body) throws IOException {
    return send("PATCH", path, body);
  }

  /** Sends a request with exactly these headers, besides the content type. */
  Answer send(String method, String path, Object body, String... headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(text(body)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.headers(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Imports objects of the bucket {@code drive-data} and returns the job's id. */
  String importS3(List<String> keys) throws IOException {
    return jobId(post("/api/s3/upload", s3(keys)));
  }

  static Map<String, Object> s3(List<String> keys) {
    return Map.of("bucket", "drive-data", "keys", keys, "collection", "videos", "scope", "user");
  }

  static String jobId(Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError(answer.toString());
    }
    return answer.json().required("import_job_id").asText();
  }

  /** {@code clip-000.mp4} and on. */
  static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> String.format("clip-%03d.mp4", i)).toList();
  }

  /** A page of a job's rows. */
  JsonNode page(String jobId, String query) throws IOException {
    Answer answer = get("/api/import-jobs/" + jobId + "/videos" + query);
    if (answer.status() != 200) {
      throw new AssertionError(answer.toString());
    }
    return answer.json();
  }

  /** The rows of a job's first page. */
  List<JsonNode> rows(String jobId) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    page(jobId, "").required("videos").forEach(rows::add);
    return rows;
  }

  static List<String> texts(Iterable<JsonNode> rows, String member) {
    List<String> texts = new ArrayList<>();
    rows.forEach(row -> texts.add(row.required(member).asText()));
    return texts;
  }

  private static String text(Object body) throws IOException {
    return body instanceof String text ? text : JSON.writeValueAsString(body);
  }
}
