package com.nomadicml.beam.api;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import javax.annotation.Nullable;

/** Metadata of an import job (contract, section 4.6); all members are optional. */
public record ImportJobInfo(
    @JsonProperty("job_id") @JsonAlias("import_job_id") @Nullable String jobId,
    @Nullable String source,
    @Nullable String bucket,
    @Nullable String prefix,
    @JsonProperty("folder_id") @Nullable String folderId,
    @JsonProperty("folder_name") @Nullable String folderName,
    @Nullable Integer total,
    @JsonProperty("created_at") @Nullable JsonNode createdAt,
    @JsonProperty("updated_at") @Nullable JsonNode updatedAt,
    @JsonProperty("completed_at") @Nullable JsonNode completedAt) {}
