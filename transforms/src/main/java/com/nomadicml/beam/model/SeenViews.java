package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** What a row of a multi-view job said of its set's views (contract, section 4.7). */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SeenViews {
  /** The name under which {@link #getVideoIds} holds the id of the set as a whole. */
  public static final String SET = "set";

  /** Video id by view, and the set's own under {@link #SET}. */
  @SchemaFieldNumber("0")
  public abstract Map<String, String> getVideoIds();

  /** The views that failed, each with its reason where the API gave one; empty when all is well. */
  @SchemaFieldNumber("1")
  public abstract List<String> getFailed();

  /** Copies both: a map or list that Beam decodes is equal to no other. */
  @SchemaCreate
  public static SeenViews of(Map<String, String> videoIds, List<String> failed) {
    return new AutoValue_SeenViews(ImmutableMap.copyOf(videoIds), ImmutableList.copyOf(failed));
  }
}
