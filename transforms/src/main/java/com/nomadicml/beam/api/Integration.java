package com.nomadicml.beam.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import javax.annotation.Nullable;

/** A saved cloud integration (contract, section 7.1). Secrets are never among its members. */
public record Integration(
    String id,
    @Nullable String name,
    @Nullable String type,
    @Nullable String bucket,
    @Nullable String prefix,
    @Nullable String region,
    @JsonProperty("endpoint_url") @Nullable String endpointUrl,
    @JsonProperty("role_arn") @Nullable String roleArn,
    @JsonProperty("is_owner") @Nullable Boolean isOwner) {}
