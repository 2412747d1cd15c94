package com.nomadicml.beam.api;

import com.nomadicml.beam.model.Provider;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * One import request.
 *
 * @param keys object keys without the bucket, for single videos; empty for multi-view
 * @param sets full URIs by view, for multi-view; empty for single videos
 */
public record SubmitRequest(
    Provider provider,
    String bucket,
    @Nullable String integrationId,
    @Nullable String folderId,
    String scope,
    List<String> keys,
    List<Map<String, String>> sets) {

  public boolean multiView() {
    return !sets.isEmpty();
  }
}
