package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.Credentials;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.nomadicml.beam.cloud.ClientOptions;
import io.javalin.Javalin;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import org.apache.beam.sdk.extensions.gcp.auth.CredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.io.aws2.options.AwsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The key in a secret manager, by the wire formats that Google and AWS document. */
class SecretStoresTest {
  private static final String ARN =
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:nomadic-key-a1b2c3";
  private static final String KEY = "sk-0123456789";

  private Javalin server;
  private String seen = "";
  private String quotaProject = "";
  private int status = 200;
  private String answer = "";

  @BeforeEach
  void start() {
    server = Javalin.create(config -> config.showJavalinBanner = false);
    server.get(
        "/v1/<name>",
        ctx -> {
          seen = ctx.pathParam("name") + " " + ctx.header("Authorization");
          quotaProject = ctx.header("x-goog-user-project");
          ctx.status(status).json(answer);
        });
    server.post(
        "/",
        ctx -> {
          seen = ctx.header("X-Amz-Target") + " " + ctx.body() + " " + ctx.header("Authorization");
          ctx.status(status).contentType("application/x-amz-json-1.1").result(answer);
        });
    server.start("127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  /** As a worker has them. */
  private static ClientOptions clients() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.as(GcpOptions.class).setCredentialFactoryClass(OwnCredentials.class);
    options
        .as(AwsOptions.class)
        .setAwsCredentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAOFTHERUN", "secret")));
    return SerializableUtils.ensureSerializable(ClientOptions.of(options));
  }

  /** Found by its name, as {@code --credentialFactoryClass} is. */
  public static final class OwnCredentials implements CredentialFactory {
    /** As Beam makes them. */
    public static OwnCredentials fromOptions(PipelineOptions options) {
      return new OwnCredentials();
    }

    @Override
    public Credentials getCredential() {
      return new PaidFor();
    }

    private static final class PaidFor extends GoogleCredentials {
      private static final long serialVersionUID = 1L;

      PaidFor() {
        super(GoogleCredentials.newBuilder().setQuotaProjectId("who-pays"));
      }

      @Override
      public AccessToken refreshAccessToken() {
        return new AccessToken("a-token", Date.from(Instant.now().plusSeconds(3_600)));
      }
    }
  }

  @Test
  void whoPaysForARequestIsSaid() {
    answer = "{\"payload\": {\"data\": \"c2stMDEyMzQ1Njc4OQo=\"}}";

    google("projects/fleet/secrets/nomadic");

    assertThat(quotaProject).isEqualTo("who-pays");
  }

  @Test
  void awsIsAskedAsThePipelineIs() {
    assertThat(AwsSecrets.of(clients()).credentials().resolveCredentials().accessKeyId())
        .isEqualTo("AKIAOFTHERUN");
  }

  @Test
  void aVersionIsReadFromGoogle() {
    answer =
        """
        {"name": "projects/12/secrets/nomadic/versions/3",
         "payload": {"data": "c2stMDEyMzQ1Njc4OQo=", "dataCrc32c": "203195293"}}
        """;

    String key = google("projects/fleet/secrets/nomadic/versions/3");

    assertThat(key).isEqualTo(KEY);
    assertThat(seen).isEqualTo("projects/fleet/secrets/nomadic/versions/3:access Bearer a-token");
  }

  @Test
  void aSecretWithoutAVersionIsTheLatest() {
    answer = "{\"payload\": {\"data\": \"c2stMDEyMzQ1Njc4OQo=\"}}";

    assertThat(google("projects/fleet/secrets/nomadic")).isEqualTo(KEY);
    assertThat(seen).startsWith("projects/fleet/secrets/nomadic/versions/latest:access");
  }

  @Test
  void whatGoogleRefusesSaysWhyAndWhatToCheck() {
    status = 403;
    answer =
        "{\"error\": {\"code\": 403, \"message\": \"Permission denied\", \"status\":"
            + " \"PERMISSION_DENIED\"}}";

    assertThatThrownBy(() -> google("projects/fleet/secrets/nomadic"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "projects/fleet/secrets/nomadic/versions/latest", "403: Permission denied", "check");
  }

  @Test
  void aDamagedSecretIsNoKey() {
    answer = "{\"payload\": {\"data\": \"c2stMDEyMzQ1Njc4OQo=\", \"dataCrc32c\": \"1\"}}";

    assertThatThrownBy(() -> google("projects/fleet/secrets/nomadic"))
        .hasMessageContaining("damaged")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void aSecretIsReadFromAws() {
    answer =
        "{\"ARN\": \"" + ARN + "\", \"Name\": \"nomadic-key\", \"SecretString\": \"" + KEY + "\"}";

    assertThat(aws()).isEqualTo(KEY);
    assertThat(seen)
        .startsWith("secretsmanager.GetSecretValue {\"SecretId\":\"" + ARN + "\"}")
        .contains("/eu-west-1/secretsmanager/aws4_request");
  }

  @Test
  void whatAwsRefusesSaysWhyAndWhatToCheck() {
    status = 400;
    answer = "{\"__type\": \"ResourceNotFoundException\", \"Message\": \"can't find the secret\"}";

    assertThatThrownBy(this::aws)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(ARN, "400: can't find the secret", "check its name");
  }

  @Test
  void aSecretThatIsMoreThanAKeyIsNotRepeated() {
    answer = "{\"ARN\": \"" + ARN + "\", \"SecretString\": \"{\\\"key\\\": \\\"sk-1 2\\\"}\"}";

    assertThatThrownBy(this::aws)
        .hasMessageContaining("holds more than an API key")
        .hasMessageNotContaining("sk-1");
  }

  @ParameterizedTest
  @CsvSource({
    "projects/p/secrets/s/versions/7, google",
    "projects/p/locations/europe-west1/secrets/s/versions/7, google",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:name, aws",
    "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:a/b, aws"
  })
  void isKnownByItsName(String text, String kind) {
    assertThat(ApiKeySource.parse(text)).isEqualTo(new ApiKeySource(kind, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"projects/p/secrets", "projects/p/secrets/s/versions/", "arn:aws:s3:::bucket/sk"})
  void anythingElseIsRefusedAndNotRepeated(String text) {
    assertThatThrownBy(() -> ApiKeySource.parse(text))
        .hasMessageContaining("never the key itself")
        .hasMessageNotContaining(text);
  }

  private String google(String name) {
    return ApiKeySource.parse(name).readFrom(GoogleSecrets.of(url(), clients()));
  }

  private String aws() {
    return ApiKeySource.parse(ARN)
        .readFrom(
            new AwsSecrets(
                url(),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"))));
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }
}
