package com.nomadicml.beam.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** An integration to be saved (contract, section 7.2). Its text form shows no secret. */
public final class NewIntegration {
  private final String path;
  private final Map<String, Object> body;

  private NewIntegration(String path, String type, String name, String bucket, String prefix) {
    this.path = path;
    this.body = new LinkedHashMap<>();
    body.put("name", required("name", name));
    body.put("type", type);
    body.put("bucket", required("bucket", bucket));
    body.put("prefix", blankToNull(prefix));
  }

  /**
   * A {@code gcs} integration.
   *
   * @param serviceAccount the parsed key file of the service account
   */
  public static NewIntegration gcs(
      String name, String bucket, @Nullable String prefix, Map<String, Object> serviceAccount) {
    NewIntegration added = new NewIntegration("gcs", "gcs", name, bucket, prefix);
    if (serviceAccount.isEmpty()) {
      throw new IllegalArgumentException("the service account is empty: give its JSON key file");
    }
    added.body.put("service_account", serviceAccount);
    return added;
  }

  /**
   * An {@code s3} integration by access key.
   *
   * @param region may be absent only with an endpoint; then {@code auto}
   * @param endpointUrl of an S3-compatible provider such as Cloudflare R2, or null for AWS
   */
  public static NewIntegration s3(
      String name,
      String bucket,
      @Nullable String prefix,
      @Nullable String region,
      @Nullable String endpointUrl,
      String accessKeyId,
      String secretAccessKey,
      @Nullable String sessionToken) {
    String endpoint = blankToNull(endpointUrl);
    String where = blankToNull(region);
    if (where == null && endpoint == null) {
      throw new IllegalArgumentException("an S3 integration needs a region, or an endpoint URL");
    }
    NewIntegration added = new NewIntegration("s3", "s3", name, bucket, prefix);
    added.body.put("access_key_id", required("access key id", accessKeyId));
    added.body.put("secret_access_key", required("secret access key", secretAccessKey));
    added.body.put("session_token", blankToNull(sessionToken));
    added.body.put("region", where == null ? "auto" : where);
    added.body.put("endpoint_url", endpoint);
    return added;
  }

  /** An {@code hf_bucket} integration; the bucket is {@code namespace/name}. */
  public static NewIntegration hfBucket(
      String name, String bucket, @Nullable String prefix, String token) {
    NewIntegration added = new NewIntegration("hf-bucket", "hf_bucket", name, bucket, prefix);
    added.body.put("token", required("token", token));
    return added;
  }

  /** An {@code s3_storage_transfer} integration: a role that Google may assume. */
  public static NewIntegration s3StorageTransfer(
      String name, String bucket, @Nullable String prefix, String roleArn) {
    NewIntegration added =
        new NewIntegration("s3-storage-transfer", "s3_storage_transfer", name, bucket, prefix);
    added.body.put("role_arn", required("role ARN", roleArn));
    return added;
  }

  String path() {
    return "/api/cloud-integrations/" + path;
  }

  Map<String, Object> body() {
    return body;
  }

  /** What an answer must not bring back to light: every text of its credentials. */
  List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    for (String member : new String[] {"secret_access_key", "session_token", "token"}) {
      if (body.get(member) instanceof String text) {
        secrets.add(text);
      }
    }
    if (body.get("service_account") instanceof Map<?, ?> account) {
      for (String member : new String[] {"private_key", "private_key_id"}) {
        if (account.get(member) instanceof String text) {
          secrets.add(text);
        }
      }
    }
    return secrets;
  }

  @Override
  public String toString() {
    return body.get("type") + " integration of " + body.get("bucket");
  }

  private static String required(String what, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("an integration needs a " + what);
    }
    return value.strip();
  }

  @Nullable
  private static String blankToNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value.strip();
  }
}
