package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;

/**
 * Google Secret Manager, by its REST API (projects.secrets.versions.access) and the machine's
 * application default credentials.
 */
record GoogleSecrets(URI endpoint, TokenSource tokens) implements SecretStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int OK = 200;

  /** What proves to the service who asks. */
  @FunctionalInterface
  interface TokenSource {
    String token() throws IOException;
  }

  static GoogleSecrets real() {
    return new GoogleSecrets(
        URI.create("https://secretmanager.googleapis.com"), GoogleSecrets::ownToken);
  }

  private static String ownToken() throws IOException {
    GoogleCredentials credentials =
        GoogleCredentials.getApplicationDefault()
            .createScoped("https://www.googleapis.com/auth/cloud-platform");
    return credentials.refreshAccessToken().getTokenValue();
  }

  /**
   * The text of a version.
   *
   * @param name {@code projects/P/secrets/S/versions/V}
   */
  @Override
  public String read(String name) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.resolve("/v1/" + name + ":access"))
            .header("Authorization", "Bearer " + tokens.token())
            .timeout(TIMEOUT)
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    JsonNode body = json(response.body());
    if (response.statusCode() != OK) {
      throw new IOException(
          response.statusCode() + ": " + body.path("error").path("message").asText("no reason"));
    }
    JsonNode payload = body.path("payload");
    byte[] data = Base64.getDecoder().decode(payload.path("data").asText());
    JsonNode checksum = payload.path("dataCrc32c");
    if (!checksum.isMissingNode()
        && Hashing.crc32c().hashBytes(data).padToLong() != checksum.asLong()) {
      throw new IOException("it was damaged on its way: try again");
    }
    return new String(data, UTF_8);
  }

  /** The parser's own words may quote the body, and with it the secret. */
  private static JsonNode json(String body) throws IOException {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new IOException("the answer is not JSON");
    }
  }
}
