package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.auth.Credentials;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.common.collect.ObjectArrays;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.extensions.gcp.auth.CredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients of the project's own ask where the options say, and as whom they say: on workers, too.
 */
class ClientsTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer bigQuery;

  @BeforeEach
  void start() throws Exception {
    bigQuery = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    bigQuery.createContext(
        "/",
        exchange -> {
          try (exchange) {
            asked.add(
                exchange.getRequestMethod()
                    + " "
                    + exchange.getRequestURI().getPath()
                    + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            byte[] answer =
                ("{\"jobReference\": {\"projectId\": \"p\", \"jobId\": \"j\"}, \"jobComplete\":"
                        + " true, \"SecretString\": \"sk-of-the-manager\"}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    bigQuery.start();
  }

  @AfterEach
  void stop() {
    bigQuery.stop(0);
  }

  /** Found by its name, as {@code --credentialFactoryClass} is. */
  public static final class OwnCredentials implements CredentialFactory {
    /** As Beam makes them. */
    public static OwnCredentials fromOptions(PipelineOptions options) {
      return new OwnCredentials();
    }

    @Override
    public Credentials getCredential() {
      return GoogleCredentials.create(
          new AccessToken("of-the-run", Date.from(Instant.now().plusSeconds(3_600))));
    }
  }

  private ImportSettings onAWorker() {
    return onAWorker(
        "--apiKeySecret=projects/fleet/secrets/key",
        "--credentialFactoryClass=" + OwnCredentials.class.getName(),
        "--bigQueryEndpoint=" + url());
  }

  private String url() {
    return "http://localhost:" + bigQuery.getAddress().getPort() + "/";
  }

  private static ImportSettings onAWorker(String... more) {
    ImportOptions options =
        PipelineOptionsFactory.fromArgs(
                ObjectArrays.concat(
                    new String[] {"--manifest=m.csv", "--statusTable=bigquery:fleet.imports"},
                    more,
                    String.class))
            .as(ImportOptions.class);
    return SerializableUtils.ensureSerializable(ImportSettings.of(options, "run-1"));
  }

  @Test
  void bigQueryIsAskedWhereAndAsWhomTheOptionsSay() {
    ImportSettings settings = onAWorker();

    settings.store().hasTables();
    settings.store().run("run-1");

    assertThat(asked)
        .hasSize(4)
        .allMatch(request -> request.contains(" /bigquery/v2/projects/"))
        .allMatch(request -> request.endsWith(" Bearer of-the-run"));
  }

  @Test
  void secretsAreReadAsWhomTheOptionsSay() {
    assertThat(onAWorker().apiKey().clients().as(GcpOptions.class).getGcpCredential())
        .isInstanceOfSatisfying(
            GoogleCredentials.class,
            credentials ->
                assertThat(credentials.getAccessToken().getTokenValue()).isEqualTo("of-the-run"));
  }

  @Test
  void theSecretsManagerOfAwsIsAskedWhereAndAsWhomTheOptionsSay() {
    ImportSettings settings =
        onAWorker(
            "--apiKeySecret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:key",
            "--endpoint=" + url(),
            "--awsCredentialsProvider={\"@type\": \"StaticCredentialsProvider\","
                + " \"accessKeyId\": \"of-the-run\", \"secretAccessKey\": \"s\"}");

    assertThat(settings.apiKey().read()).isEqualTo("sk-of-the-manager");

    assertThat(asked).singleElement().asString().contains("POST / ", "Credential=of-the-run/");
  }
}
