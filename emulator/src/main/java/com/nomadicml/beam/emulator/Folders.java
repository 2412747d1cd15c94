package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** Contract, section 3. */
final class Folders {
  private final Clock clock;
  private final Map<String, ObjectNode> byScopeAndName = new LinkedHashMap<>();

  Folders(Clock clock) {
    this.clock = clock;
  }

  synchronized void createOrGet(Context ctx) {
    ObjectNode body = Wire.body(ctx);
    ObjectNode folder = byScopeAndName.get(key(body));
    Wire.answer(ctx, folder == null ? create(body) : folder);
  }

  synchronized void create(Context ctx) {
    ObjectNode body = Wire.body(ctx);
    if (byScopeAndName.containsKey(key(body))) {
      throw new ApiError(409, "A folder of this name exists");
    }
    Wire.answer(ctx, create(body));
  }

  synchronized void get(Context ctx) {
    String scope = ctx.queryParam("scope") == null ? "user" : ctx.queryParam("scope");
    if ("sample".equals(scope)) {
      throw new ApiError(403, "Sample scope is read-only");
    }
    ObjectNode folder = byScopeAndName.get(scope + "/" + ctx.queryParam("name"));
    if (folder == null) {
      throw new ApiError(404, "Folder not found");
    }
    Wire.answer(ctx, folder.deepCopy().put("video_count", 0));
  }

  /** The folder's name, or null for an id that is not known. */
  synchronized String nameOf(String id) {
    return byScopeAndName.values().stream()
        .filter(folder -> folder.path("id").asText().equals(id))
        .map(folder -> folder.path("name").asText())
        .findFirst()
        .orElse(null);
  }

  private ObjectNode create(ObjectNode body) {
    if (Wire.required(body, "name").contains("forbidden")) {
      throw new ApiError(403, "No access to this folder");
    }
    ObjectNode folder =
        Wire.object()
            .put("id", "fld_" + (byScopeAndName.size() + 1))
            .put("name", Wire.required(body, "name").strip())
            .put("scope", Wire.required(body, "scope"))
            .putNull("org_id")
            .put("created_at", clock.instant().toString())
            .put("created_by", "u_1")
            .put("description", Wire.optional(body, "description"));
    byScopeAndName.put(key(body), folder);
    return folder;
  }

  private static String key(ObjectNode body) {
    return Wire.scope(body) + "/" + Wire.required(body, "name").strip();
  }
}
