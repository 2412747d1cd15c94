package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.KeyVerification;
import java.io.Serializable;

/** Decides whether a run may go on with a key that was read after its start. */
@FunctionalInterface
public interface KeyOwnerCheck extends Serializable {
  /**
   * Returns when it may.
   *
   * @param key what the API tells of the key
   * @throws ApiException when it may not: an account refusal, its message for the account's owner
   */
  void check(KeyVerification key) throws ApiException;
}
