package com.nomadicml.beam.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import javax.annotation.Nullable;

/** Answer of {@code /api/keys/verify}; every member is optional (contract, section 2). */
public record KeyVerification(
    @Nullable Boolean valid,
    @Nullable List<String> scope,
    @JsonProperty("expires_at") @Nullable String expiresAt,
    @JsonProperty("user_id") @Nullable String userId,
    @Nullable String uid,
    @JsonProperty("org_id") @Nullable String orgId) {

  public boolean isValid() {
    return valid == null || valid;
  }

  /** Whether imports can work: a key without a stated scope is taken at its word. */
  public boolean canWrite() {
    return scope == null || scope.contains("write") || scope.contains("admin");
  }
}
