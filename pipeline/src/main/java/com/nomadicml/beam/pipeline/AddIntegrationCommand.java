package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.Integration;
import com.nomadicml.beam.api.NewIntegration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.annotation.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Saves an integration. Credentials come from a file or the environment, never from an argument:
 * arguments are in the shell's history and in the process list.
 */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "TYPE",
    description = "Saves an integration.")
final class AddIntegrationCommand {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  /** What integrations of all types have. */
  static final class Common {
    @Mixin private ApiCommandOptions api;

    @Option(names = "--name", required = true, description = "The name that people see.")
    private String name;

    @Option(
        names = "--bucket",
        required = true,
        description = "Bucket; namespace/name for Hugging Face.")
    private String bucket;

    @Option(names = "--prefix", description = "The prefix that the integration is limited to.")
    private String prefix;
  }

  @Command(
      name = "gcs",
      mixinStandardHelpOptions = true,
      description = "Cloud Storage, with the key file of a service account.")
  int gcs(
      @Mixin Common common,
      @Option(
              names = "--serviceAccountFile",
              required = true,
              description = "JSON key file of the service account.")
          Path file)
      throws ApiException {
    return add(
        common, NewIntegration.gcs(common.name, common.bucket, common.prefix, readJson(file)));
  }

  @Command(
      name = "s3",
      mixinStandardHelpOptions = true,
      description =
          "S3 or an S3-compatible endpoint, with an access key from AWS_ACCESS_KEY_ID,"
              + " AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or from a file.")
  int s3(
      @Mixin Common common,
      @Option(names = "--region", description = "The region; auto if there is an endpoint.")
          String region,
      @Option(
              names = "--endpointUrl",
              description = "Endpoint of an S3-compatible provider such as Cloudflare R2.")
          String endpointUrl,
      @Option(
              names = "--credentialsFile",
              description =
                  "JSON file with AccessKeyId, SecretAccessKey and SessionToken, in upper or lower case.")
          Path file)
      throws ApiException {
    AwsCredentials credentials =
        file == null ? AwsCredentials.fromEnvironment() : AwsCredentials.from(readJson(file), file);
    return add(
        common,
        NewIntegration.s3(
            common.name,
            common.bucket,
            common.prefix,
            region,
            endpointUrl,
            credentials.accessKeyId(),
            credentials.secretAccessKey(),
            credentials.sessionToken()));
  }

  @Command(
      name = "hf-bucket",
      mixinStandardHelpOptions = true,
      description = "A Hugging Face bucket, with a token from HF_TOKEN or from a file.")
  int hfBucket(
      @Mixin Common common,
      @Option(names = "--tokenFile", description = "File that holds the token.") Path file)
      throws ApiException {
    String token = file == null ? environment("HF_TOKEN") : read(file).strip();
    return add(common, NewIntegration.hfBucket(common.name, common.bucket, common.prefix, token));
  }

  @Command(
      name = "s3-storage-transfer",
      mixinStandardHelpOptions = true,
      description = "S3, with a role that Google's Storage Transfer may assume (see 'setup').")
  int s3StorageTransfer(
      @Mixin Common common,
      @Option(names = "--roleArn", required = true, description = "ARN of the role.")
          String roleArn)
      throws ApiException {
    return add(
        common,
        NewIntegration.s3StorageTransfer(common.name, common.bucket, common.prefix, roleArn));
  }

  private int add(Common common, NewIntegration integration) throws ApiException {
    Integration added = common.api.open().addIntegration(integration);
    IntegrationsCommand.print(spec.commandLine().getOut(), added);
    return ExitCode.OK;
  }

  static String environment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "the environment variable " + name + " is not set; set it, or name a file");
    }
    return value;
  }

  private static Map<String, Object> readJson(Path file) {
    try {
      return JSON.readValue(read(file), new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      // The parser's own words quote the file, and with it the secret.
      throw new IllegalArgumentException(file + " is not a JSON object");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " can't be read", e);
    }
  }

  /** AWS credentials, accepted in camel case or snake case as the vendor's client does. */
  record AwsCredentials(String accessKeyId, String secretAccessKey, @Nullable String sessionToken) {

    static AwsCredentials fromEnvironment() {
      return new AwsCredentials(
          environment("AWS_ACCESS_KEY_ID"),
          environment("AWS_SECRET_ACCESS_KEY"),
          System.getenv("AWS_SESSION_TOKEN"));
    }

    static AwsCredentials from(Map<String, Object> json, Path file) {
      String id = find(json, "accesskeyid");
      String secret = find(json, "secretaccesskey");
      if (id == null || secret == null) {
        throw new IllegalArgumentException(file + " must hold AccessKeyId and SecretAccessKey");
      }
      return new AwsCredentials(id, secret, find(json, "sessiontoken"));
    }

    @Nullable
    private static String find(Map<String, Object> json, String name) {
      return json.entrySet().stream()
          .filter(e -> e.getKey().replace("_", "").equalsIgnoreCase(name))
          .map(e -> e.getValue() == null ? null : e.getValue().toString())
          .findFirst()
          .orElse(null);
    }

    @Override
    public String toString() {
      return "AwsCredentials[…]";
    }
  }
}
