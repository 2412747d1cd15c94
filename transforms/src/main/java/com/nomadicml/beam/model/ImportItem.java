package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import java.util.Map;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** The unit of import: one video, or one multi-view set. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ImportItem {
  /** The video's URI; the front's for a set. */
  public abstract String getSourceUri();

  /** URI by view, front included; empty for a single video. */
  public abstract Map<String, String> getViews();

  public abstract String getManifest();

  public abstract long getLine();

  public static ImportItem of(
      String sourceUri, Map<String, String> views, String manifest, long line) {
    return new AutoValue_ImportItem(sourceUri, views, manifest, line);
  }
}
