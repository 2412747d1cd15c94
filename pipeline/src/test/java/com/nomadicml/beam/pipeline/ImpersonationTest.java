package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.auth.oauth2.ImpersonatedCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of the project's own are whom {@code --impersonateServiceAccount} names, on workers too.
 * In a process of its own, as one keeps the credentials that it has found on its machine.
 */
class ImpersonationTest {
  private static final String ACCOUNT = "importer@fleet.iam.gserviceaccount.com";

  @TempDir private Path home;

  /** Says whom a worker's clients are. */
  public static final class Worker {
    private Worker() {}

    public static void main(String[] args) {
      ImportSettings settings =
          SerializableUtils.ensureSerializable(
              ImportSettings.of(
                  PipelineOptionsFactory.fromArgs(args).as(ImportOptions.class), "run-1"));
      ImpersonatedCredentials google =
          (ImpersonatedCredentials) settings.apiKey().clients().google();
      System.out.println(google.getAccount());
      System.out.println(google.getSourceCredentials().getClass().getSimpleName());
    }
  }

  @Test
  void clientsAreWhomTheOptionsSay() throws Exception {
    Path gcloud = Files.createDirectories(home.resolve(".config/gcloud"));
    Files.writeString(
        gcloud.resolve("application_default_credentials.json"),
        "{\"type\": \"authorized_user\", \"client_id\": \"i\", \"client_secret\": \"s\","
            + " \"refresh_token\": \"t\"}");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Duser.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            "--manifest=m.csv",
            "--statusTable=bigquery:fleet.imports",
            "--apiKeySecret=projects/fleet/secrets/key",
            "--project=fleet",
            "--impersonateServiceAccount=" + ACCOUNT);
    builder.environment().remove("GOOGLE_APPLICATION_CREDENTIALS");
    builder.environment().remove("CLOUDSDK_CONFIG");

    Process worker = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(worker.getInputStream().readAllBytes(), UTF_8);

    assertThat(worker.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(said).isEqualTo(ACCOUNT + "\nUserCredentials\n");
  }
}
