package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** What all items of one import request share: the API takes one of each a request. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ImportTarget {
  /** Of a folder's name in UTF-8: it is part of a row's key, which the tables keep up to here. */
  public static final int MAX_FOLDER_BYTES = 1_900;

  @SchemaFieldNumber("0")
  public abstract Provider getProvider();

  @SchemaFieldNumber("1")
  public abstract String getBucket();

  @Nullable
  @SchemaFieldNumber("2")
  public abstract String getIntegrationId();

  /** Name of the folder, or null for none. */
  @Nullable
  @SchemaFieldNumber("3")
  public abstract String getFolder();

  /** {@code user} or {@code org}. */
  @SchemaFieldNumber("4")
  public abstract String getScope();

  @SchemaFieldNumber("5")
  public abstract boolean getMultiView();

  /** First half of a row's key: {@code <scope>/<folder>}. */
  public final String destination() {
    return destination(getScope(), getFolder());
  }

  public static String destination(String scope, @Nullable String folder) {
    return scope + "/" + (folder == null ? "" : folder);
  }

  /** The scope of a {@link #destination}. */
  public static String scopeOf(String destination) {
    return destination.substring(0, destination.indexOf('/'));
  }

  /** The folder of a {@link #destination}, or null for none. */
  @Nullable
  public static String folderOf(String destination) {
    String folder = destination.substring(destination.indexOf('/') + 1);
    return folder.isEmpty() ? null : folder;
  }

  /** How logs and errors name this target. */
  public final String describe() {
    return getProvider().prefix() + getBucket() + " → " + destination();
  }

  /** One text that equal targets share, and no others. */
  public final String id() {
    return toString();
  }

  public static ImportTarget of(
      Provider provider,
      String bucket,
      @Nullable String integrationId,
      @Nullable String folder,
      String scope,
      boolean multiView) {
    return new AutoValue_ImportTarget(provider, bucket, integrationId, folder, scope, multiView);
  }
}
