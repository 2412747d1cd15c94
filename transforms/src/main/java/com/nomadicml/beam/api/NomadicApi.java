package com.nomadicml.beam.api;

import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * The cloud-import API of NomadicML, as far as an importer needs it.
 *
 * <p>Every call blocks until it is answered or given up: the implementation retries what is safe to
 * retry. All failures are {@link ApiException}s, whose kind says what a caller may do.
 */
public interface NomadicApi {

  /** {@code POST /api/keys/verify} (contract, section 2). */
  KeyVerification verifyKey() throws ApiException;

  /** {@code POST /api/folders/create-or-get} (contract, section 3.1). */
  Folder createOrGetFolder(String name, String scope) throws ApiException;

  /** {@code POST /api/folders}; refused when the name exists in the scope (section 3.2). */
  Folder createFolder(String name, String scope, @Nullable String description) throws ApiException;

  /** {@code GET /api/folders/get} (section 3.3). */
  Folder getFolder(String name, String scope) throws ApiException;

  /**
   * Submits one import request (section 4.1 to 4.5). An answer means "accepted", not "readable".
   *
   * <p>A failure of kind {@link ApiException.Kind#OUTCOME_UNKNOWN} may have had its effect; the
   * caller decides whether to send the same {@code idempotencyKey} again.
   *
   * @param idempotencyKey stands for this request alone; what is sent also depends on the
   *     collection, as a key that the API honours stands for one body
   */
  SubmitAnswer submit(SubmitRequest request, String idempotencyKey) throws ApiException;

  /** {@code GET /api/import-jobs/{id}} (section 4.6). */
  ImportJobInfo importJob(String importJobId) throws ApiException;

  /** {@code GET /api/import-jobs/{id}/videos} (section 4.7). */
  VideoPage importJobVideos(String importJobId, PageRequest page) throws ApiException;

  /** {@code GET /api/video/{id}/status} (section 4.8), for backends with the older answer. */
  VideoRow videoStatus(String videoId) throws ApiException;

  /** {@code GET /api/cloud-integrations}: all that the key's owner can see (section 7.1). */
  List<Integration> integrations() throws ApiException;

  /** Saves an integration (section 7.2). Secrets go out in the body and are never logged. */
  Integration addIntegration(NewIntegration integration) throws ApiException;

  /** {@code GET /api/cloud-integrations/s3-storage-transfer/setup} (section 7.3), as answered. */
  Map<String, Object> storageTransferSetup() throws ApiException;

  Integration getIntegration(String id) throws ApiException;

  void deleteIntegration(String id) throws ApiException;
}
