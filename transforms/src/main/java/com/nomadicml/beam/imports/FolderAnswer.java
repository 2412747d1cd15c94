package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.model.ImportTarget;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** The folder of a destination, or why there is none. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class FolderAnswer {
  public abstract String getDestination();

  /** Null for a destination without a folder, and for one that could not be had. */
  @Nullable
  public abstract String getFolderId();

  @Nullable
  public abstract String getError();

  public static FolderAnswer of(
      String destination, @Nullable String folderId, @Nullable String error) {
    return new AutoValue_FolderAnswer(destination, folderId, error);
  }

  /**
   * Looks one folder up, or creates it; a final refusal is an answer.
   *
   * @throws ApiException when it can't be had now, or for the account's sake
   */
  public static FolderAnswer lookUp(NomadicApi api, FolderName folder) throws ApiException {
    String name = folder.getName();
    String destination = ImportTarget.destination(folder.getScope(), name);
    if (name == null) {
      return of(destination, null, null);
    }
    try {
      return of(destination, api.createOrGetFolder(name, folder.getScope()).id(), null);
    } catch (ApiException e) {
      if (e.isAccountRefusal() || e.kind() != ApiException.Kind.PERMANENT) {
        throw e;
      }
      return of(destination, null, "folder '" + name + "' was refused: " + e.getMessage());
    }
  }
}
