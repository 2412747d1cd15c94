package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One bucket behind as much of Google Cloud Storage's JSON API as reading takes: an object's
 * metadata and bytes, listings by prefix, and metadata in batches.
 */
final class GcsServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BATCHED_GET = Pattern.compile("GET \\S*?/o/([^?\\s]+)\\S* HTTP");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final String BOUNDARY = "parts";

  private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final String bucket;
  private final Javalin server;

  private GcsServer(String bucket) {
    this.bucket = bucket;
    server = Javalin.create(config -> config.showJavalinBanner = false);
    server.get("/storage/v1/b/{bucket}/o", this::list);
    server.get("/storage/v1/b/{bucket}/o/<name>", this::get);
    server.get("/download/storage/v1/b/{bucket}/o/<name>", this::get);
    server.post("/batch/storage/v1", this::batch);
    server.start("127.0.0.1", 0);
  }

  static GcsServer start(String bucket) {
    return new GcsServer(bucket);
  }

  void put(String name, String content) {
    objects.put(name, content.getBytes(UTF_8));
  }

  /** What lets Beam talk to this server, without an account. */
  String[] options() {
    return new String[] {
      "--gcsEndpoint=http://127.0.0.1:" + server.port() + "/storage/v1/",
      "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory"
    };
  }

  private void list(Context ctx) {
    String prefix = ctx.queryParam("prefix") == null ? "" : ctx.queryParam("prefix");
    ObjectNode answer = JSON.createObjectNode().put("kind", "storage#objects");
    ArrayNode items = answer.putArray("items");
    objects.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .forEach(n -> items.add(metadata(n)));
    ctx.json(answer.toString());
  }

  private void get(Context ctx) {
    String name = ctx.pathParam("name");
    byte[] bytes = objects.get(name);
    if (bytes == null) {
      ctx.status(404).json(missing(name).toString());
    } else if ("media".equals(ctx.queryParam("alt"))) {
      media(ctx, bytes);
    } else {
      ctx.json(metadata(name).toString());
    }
  }

  private static void media(Context ctx, byte[] bytes) {
    Matcher range = RANGE.matcher(String.valueOf(ctx.header("Range")));
    int from = 0;
    int to = bytes.length - 1;
    if (range.matches()) {
      from = Integer.parseInt(range.group(1));
      to = range.group(2).isEmpty() ? to : Math.min(to, Integer.parseInt(range.group(2)));
      ctx.status(206).header("Content-Range", "bytes %d-%d/%d".formatted(from, to, bytes.length));
    }
    ctx.contentType("application/octet-stream").result(Arrays.copyOfRange(bytes, from, to + 1));
  }

  /** Answers a {@code multipart/mixed} batch: one part a request, in its order. */
  private void batch(Context ctx) {
    StringBuilder answer = new StringBuilder();
    Matcher gets = BATCHED_GET.matcher(ctx.body());
    while (gets.find()) {
      String name = URLDecoder.decode(gets.group(1).replace("+", "%2B"), UTF_8);
      boolean isThere = objects.containsKey(name);
      answer
          .append("--" + BOUNDARY + "\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 ")
          .append(isThere ? "200 OK" : "404 Not Found")
          .append("\r\nContent-Type: application/json\r\n\r\n")
          .append(isThere ? metadata(name) : missing(name))
          .append("\r\n");
    }
    ctx.contentType("multipart/mixed; boundary=" + BOUNDARY)
        .result(answer + "--" + BOUNDARY + "--");
  }

  private ObjectNode metadata(String name) {
    return JSON.createObjectNode()
        .put("kind", "storage#object")
        .put("bucket", bucket)
        .put("name", name)
        .put("size", String.valueOf(objects.get(name).length))
        .put("generation", "1764000000000001")
        .put("metageneration", "1")
        .put("etag", "etag-" + name.hashCode())
        .put("updated", "2026-11-24T00:00:00.000Z");
  }

  private static ObjectNode missing(String name) {
    ObjectNode answer = JSON.createObjectNode();
    answer
        .putObject("error")
        .put("code", 404)
        .put("message", "No such object: " + name)
        .putArray("errors")
        .addObject()
        .put("reason", "notFound")
        .put("domain", "global")
        .put("message", "No such object");
    return answer;
  }

  @Override
  public void close() {
    server.stop();
  }
}
