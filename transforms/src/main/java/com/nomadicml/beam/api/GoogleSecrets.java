package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auth.Credentials;
import com.google.common.hash.Hashing;
import com.nomadicml.beam.cloud.ClientOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Google Secret Manager, by its REST API (projects.secrets.versions.access) and the pipeline's
 * credentials.
 */
record GoogleSecrets(URI endpoint, Identity identity) implements SecretStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int OK = 200;

  /** The headers that prove to the service who asks, and say whose quota it is. */
  @FunctionalInterface
  interface Identity {
    Map<String, List<String>> headers(URI endpoint) throws IOException;
  }

  static GoogleSecrets of(ClientOptions clients) {
    return of(URI.create("https://secretmanager.googleapis.com"), clients);
  }

  static GoogleSecrets of(URI endpoint, ClientOptions clients) {
    return new GoogleSecrets(
        endpoint,
        service -> {
          Credentials credentials = clients.google();
          if (credentials == null) {
            throw new IOException("no Google credentials are found here");
          }
          return credentials.getRequestMetadata(service);
        });
  }

  /**
   * The text of a version.
   *
   * @param name {@code projects/P/secrets/S/versions/V}
   */
  @Override
  public String read(String name) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve("/v1/" + name + ":access")).timeout(TIMEOUT);
    identity
        .headers(endpoint)
        .forEach((header, values) -> values.forEach(value -> request.header(header, value)));
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
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
