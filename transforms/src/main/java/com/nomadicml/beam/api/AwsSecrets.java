package com.nomadicml.beam.api;

import com.nomadicml.beam.cloud.ClientOptions;
import java.io.IOException;
import java.net.URI;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.aws2.options.AwsOptions;
import software.amazon.awssdk.arns.Arn;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * AWS Secrets Manager, with the pipeline's credentials and {@code --endpoint}, in the region that
 * the ARN names.
 *
 * @param endpoint null for AWS's own
 */
record AwsSecrets(@Nullable URI endpoint, AwsCredentialsProvider credentials)
    implements SecretStore {

  static AwsSecrets of(ClientOptions clients) {
    return new AwsSecrets(clients.as(AwsOptions.class).getEndpoint(), clients.aws());
  }

  /**
   * The text of a secret's current version.
   *
   * @param name its ARN
   */
  @Override
  public String read(String name) throws IOException {
    try (SecretsManagerClient client =
        SecretsManagerClient.builder()
            .region(Region.of(Arn.fromString(name).region().orElseThrow()))
            .credentialsProvider(credentials)
            .endpointOverride(endpoint)
            .httpClientBuilder(ApacheHttpClient.builder())
            .build()) {
      String text = client.getSecretValue(secret -> secret.secretId(name)).secretString();
      if (text == null) {
        throw new IOException("it holds bytes, not text");
      }
      return text;
    } catch (AwsServiceException e) {
      throw new IOException(e.statusCode() + ": " + e.awsErrorDetails().errorMessage());
    } catch (SdkException e) {
      throw new IOException(e.getMessage());
    }
  }
}
