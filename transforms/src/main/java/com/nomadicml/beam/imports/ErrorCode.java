package com.nomadicml.beam.imports;

/**
 * Why an item is not uploaded, or not whole, beside the codes of rejected lines. The names are
 * stable: they are {@code error_code} values.
 */
public enum ErrorCode {
  /** The API took the item and could not import it. */
  IMPORT_FAILED,
  /** The set's front is uploaded, and a side view of it failed. Never tried again by itself. */
  VIEWS_FAILED,
  /** The API never showed the item before the deadline. */
  NEVER_SHOWN,
  /** The API shows the item, but it was not finished at the deadline. */
  STILL_PROCESSING,
  /** The request was answered with a final refusal. */
  REQUEST_REFUSED,
  /** The folder could not be had. */
  FOLDER_REFUSED,
  /** No saved integration covers a {@code gs://} item. */
  NO_INTEGRATION,
  /** Several saved integrations cover a {@code gs://} item equally well. */
  AMBIGUOUS_INTEGRATION,
  /** The API was out of reach; the next run sends the item. */
  NOT_SENT,
  /** All items of the target's canary failed, so the rest of the target was not sent. */
  CANARY_FAILED,
  /** The request quota is spent; the next run goes on. */
  QUOTA_SPENT,
  /** The account or its key was refused; the next run sends the item once that is mended. */
  ACCOUNT_REFUSED,
  /** The run was stopped before the item was sent; the next run goes on. */
  RUN_STOPPED,
  /** It is not known whether the API took the request. */
  SUBMIT_UNKNOWN
}
