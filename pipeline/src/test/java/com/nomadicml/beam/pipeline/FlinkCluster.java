package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A Flink cluster of processes of its own, by the script that the README names. */
final class FlinkCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Two minutes. */
  private static final int LOOKS = 600;

  private final Path directory;
  private final int restPort;
  private final int rpcPort;
  private final HttpClient http = HttpClient.newHttpClient();

  private FlinkCluster(Path directory, int restPort, int rpcPort) {
    this.directory = directory;
    this.restPort = restPort;
    this.rpcPort = rpcPort;
  }

  static FlinkCluster start(Path directory) throws IOException, InterruptedException {
    FlinkCluster cluster = new FlinkCluster(directory, freePort(), freePort());
    cluster.script("start", directory.toString());
    return cluster;
  }

  /** What a command line says to run there. */
  List<String> options() {
    return List.of(
        "--runner=FlinkRunner",
        "--flinkMaster=127.0.0.1:" + restPort,
        "--filesToStage=" + new File("target/nomadic-import-flink.jar").getAbsolutePath());
  }

  /** As a power cut would. */
  void killTaskManager(int number) throws IOException, InterruptedException {
    script("kill", String.valueOf(number), directory.toString());
  }

  /** The one job that runs. */
  String runningJob() throws IOException, InterruptedException {
    List<String> running = new ArrayList<>();
    get("/jobs")
        .get("jobs")
        .forEach(
            job -> {
              if (job.get("status").asText().equals("RUNNING")) {
                running.add(job.get("id").asText());
              }
            });
    if (running.size() != 1) {
      throw new AssertionError("not one job runs, but " + running);
    }
    return running.get(0);
  }

  /** Waits until a job has something to go on from. */
  void awaitCheckpoint(String job) throws IOException, InterruptedException {
    await("/jobs/" + job + "/checkpoints", node -> node.at("/counts/completed").asInt() > 0);
  }

  /** Whether a job had to go on after a failure. */
  boolean wasRestarted(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job).at("/timestamps/RESTARTING").asLong() > 0;
  }

  /** How often a job was started from a checkpoint or savepoint. */
  int restores(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job + "/checkpoints").at("/counts/restored").asInt();
  }

  /** Ends a job, keeping its state; returns where. */
  String stopWithSavepoint(String job) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/jobs/" + job + "/stop"))
            .POST(BodyPublishers.ofString("{\"drain\": false}"))
            .build();
    JsonNode answer = JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    String status = "/jobs/" + job + "/savepoints/" + answer.get("request-id").asText();
    JsonNode ended = await(status, node -> node.at("/status/id").asText().equals("COMPLETED"));
    if (!ended.at("/operation").has("location")) {
      throw new AssertionError("no savepoint: " + ended);
    }
    return ended.at("/operation/location").asText();
  }

  private JsonNode await(String path, Predicate<JsonNode> wanted)
      throws IOException, InterruptedException {
    for (int looks = 0; looks < LOOKS; looks++) {
      JsonNode node = get(path);
      if (wanted.test(node)) {
        return node;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError("not seen in time: " + path);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
    return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + restPort + path);
  }

  private void script(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("flink/cluster"));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("FLINK_REST_PORT", String.valueOf(restPort));
    builder.environment().put("FLINK_RPC_PORT", String.valueOf(rpcPort));
    int code = builder.start().waitFor();
    if (code != 0) {
      throw new AssertionError(command + " ended with " + code);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    script("stop", directory.toString());
  }
}
