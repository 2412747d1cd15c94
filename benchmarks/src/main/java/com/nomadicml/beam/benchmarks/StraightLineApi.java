package com.nomadicml.beam.benchmarks;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.benchmarks.StraightLineImport.Target;
import com.nomadicml.beam.model.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The calls of a straight-line import; any answer but a good one ends it. */
final class StraightLineApi {
  private static final int PAGE_SIZE = 500;
  private static final long POLL_MILLIS = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final String key;

  StraightLineApi(URI url, String key) {
    this.url = url;
    this.key = key;
  }

  /** A row of a job. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Video(
      @JsonProperty("video_id") String id,
      @JsonProperty("status") String status,
      @JsonProperty("import_source_uri") String uri) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Page(
      @JsonProperty("has_more") boolean hasMore,
      @JsonProperty("next_cursor") String nextCursor,
      @JsonProperty("videos") List<Video> videos) {}

  /** Ids of saved integrations, by bucket. */
  Map<String, String> gcsIntegrations() throws IOException, InterruptedException {
    Map<String, String> ids = new HashMap<>();
    for (JsonNode integration : JSON.readTree(get("/api/cloud-integrations"))) {
      if (integration.path("type").asText().equals("gcs")) {
        ids.put(integration.path("bucket").asText(), integration.path("id").asText());
      }
    }
    return ids;
  }

  /** Imports {@code keys} and returns the job's id. */
  String submit(Target target, String integration, List<String> keys)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    ArrayNode names = body.putArray(target.provider() == Provider.S3 ? "keys" : "files");
    keys.forEach(names::add);
    if (target.provider() != Provider.GCS) {
      body.put("bucket", target.bucket());
    }
    if (integration != null) {
      body.put("integration_id", integration);
    }
    body.put("collection", "videos").putNull("folder_id").put("scope", "user");
    String path =
        switch (target.provider()) {
          case GCS -> "/api/gcs/upload";
          case S3 -> "/api/s3/upload";
          case HF -> "/api/hf-buckets/upload";
        };
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build();
    return JSON.readTree(send(request)).path("import_job_id").asText();
  }

  /** Reads a job's pages until all of {@code size} rows are terminal; rows by URI. */
  Map<String, Video> videos(String job, int size) throws IOException, InterruptedException {
    while (true) {
      Map<String, Video> videos = new HashMap<>();
      String cursor = null;
      do {
        String query = "?limit=" + PAGE_SIZE + (cursor == null ? "" : "&cursor=" + cursor);
        Page page = JSON.readValue(get("/api/import-jobs/" + job + "/videos" + query), Page.class);
        page.videos().forEach(video -> videos.put(video.uri(), video));
        cursor = page.hasMore() ? page.nextCursor() : null;
      } while (cursor != null);
      if (videos.size() >= size && videos.values().stream().allMatch(StraightLineApi::isDone)) {
        return videos;
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static boolean isDone(Video video) {
    return video.status().equals("UPLOADED") || video.status().equals("UPLOADING_FAILED");
  }

  private byte[] get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path)).header("X-API-Key", key);
  }

  private byte[] send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 300) {
      throw new IOException(request.uri() + " was answered with " + answer.statusCode());
    }
    return answer.body();
  }
}
