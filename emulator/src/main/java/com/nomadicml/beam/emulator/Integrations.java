package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** Contract, section 7. A few integrations are saved from the start; secrets are never kept. */
final class Integrations {
  private final Clock clock;
  private final Map<String, ObjectNode> byId = new LinkedHashMap<>();
  private int added;

  Integrations(Clock clock) {
    this.clock = clock;
    save("gcs-fleet-a", "gcs", "fleet-recordings");
    save("gcs-fleet-b", "gcs", "fleet-archive");
    save("s3-drive", "s3", "drive-data").put("region", "eu-central-1");
    save("r2-clips", "s3", "r2-clips")
        .put("region", "auto")
        .put("endpoint_url", "https://account.r2.cloudflarestorage.com");
    save("hf-demo", "hf_bucket", "nomadic/demo");
  }

  synchronized void list(Context ctx) {
    ArrayNode all = Wire.JSON.createArrayNode();
    byId.values().forEach(all::add);
    Wire.answer(ctx, all);
  }

  synchronized void get(Context ctx) {
    Wire.answer(ctx, existing(ctx.pathParam("id")));
  }

  synchronized void delete(Context ctx) {
    byId.remove(existing(ctx.pathParam("id")).path("id").asText());
    ctx.status(204);
  }

  void addGcs(Context ctx) {
    ObjectNode body = Wire.body(ctx);
    if (!body.path("service_account").isObject()) {
      throw new ApiError(422, "service_account: field required");
    }
    add(ctx, body, "gcs");
  }

  void addS3(Context ctx) {
    ObjectNode body = Wire.body(ctx);
    Wire.required(body, "access_key_id");
    Wire.required(body, "secret_access_key");
    if (Wire.optional(body, "endpoint_url") == null) {
      Wire.required(body, "region");
    }
    add(ctx, body, "s3");
  }

  void addHfBucket(Context ctx) {
    ObjectNode body = Wire.body(ctx);
    Wire.required(body, "token");
    add(ctx, body, "hf_bucket");
  }

  void addStorageTransfer(Context ctx) {
    ObjectNode body = Wire.body(ctx);
    Wire.required(body, "role_arn");
    add(ctx, body, "s3_storage_transfer");
  }

  void storageTransferSetup(Context ctx) {
    ObjectNode setup = Wire.object().put("google_service_account_subject_id", "123456789012");
    ObjectNode statement =
        setup.putObject("aws_trust_policy_template").putArray("Statement").addObject();
    statement.put("Effect", "Allow").put("Action", "sts:AssumeRoleWithWebIdentity");
    statement.putObject("Principal").put("Federated", "accounts.google.com");
    statement
        .putObject("Condition")
        .putObject("StringEquals")
        .put("accounts.google.com:sub", "123456789012");
    Wire.answer(ctx, setup);
  }

  /** Whether the integration exists, is of the type, and reads the bucket. */
  synchronized boolean reads(String id, String type, String bucket) {
    ObjectNode integration = byId.get(id);
    return integration != null
        && integration.path("type").asText().equals(type)
        && (bucket == null || integration.path("bucket").asText().equals(bucket));
  }

  /** The bucket of a saved integration, or null. */
  synchronized String bucketOf(String id) {
    ObjectNode integration = byId.get(id);
    return integration == null ? null : integration.path("bucket").asText();
  }

  private synchronized void add(Context ctx, ObjectNode body, String type) {
    String name = Wire.required(body, "name").strip();
    String bucket = Wire.required(body, "bucket").strip();
    ObjectNode saved = save("int_" + ++added, type, bucket).put("name", name);
    for (String member : new String[] {"prefix", "region", "endpoint_url", "role_arn"}) {
      saved.put(member, Wire.optional(body, member));
    }
    if (type.equals("s3") && saved.path("region").isNull()) {
      saved.put("region", "auto");
    }
    Wire.answer(ctx, saved);
  }

  private ObjectNode save(String id, String type, String bucket) {
    ObjectNode integration =
        Wire.object()
            .put("id", id)
            .put("name", id)
            .put("type", type)
            .put("bucket", bucket)
            .putNull("prefix")
            .put("created_at", clock.instant().toString())
            .put("is_owner", true);
    byId.put(id, integration);
    return integration;
  }

  private ObjectNode existing(String id) {
    ObjectNode integration = byId.get(id);
    if (integration == null) {
      throw new ApiError(404, "Integration not found");
    }
    return integration;
  }
}
