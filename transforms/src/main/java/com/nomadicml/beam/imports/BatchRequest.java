package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** A batch as the API is asked for it. */
public final class BatchRequest {
  private BatchRequest() {}

  public static SubmitRequest of(ImportBatch batch, @Nullable String folderId) {
    ImportTarget target = batch.getTarget();
    int keyStart = target.getProvider().prefix().length() + target.getBucket().length() + 1;
    List<String> keys = new ArrayList<>();
    List<Map<String, String>> sets = new ArrayList<>();
    for (ImportItem item : batch.getItems()) {
      if (target.getMultiView()) {
        sets.add(item.getViews());
      } else {
        keys.add(item.getSourceUri().substring(keyStart));
      }
    }
    return new SubmitRequest(
        target.getProvider(),
        target.getBucket(),
        target.getIntegrationId(),
        folderId,
        target.getScope(),
        keys,
        sets);
  }
}
