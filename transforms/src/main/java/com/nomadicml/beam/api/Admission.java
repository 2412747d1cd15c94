package com.nomadicml.beam.api;

/** Whether a key may be used at all. */
@FunctionalInterface
public interface Admission {
  /**
   * Returns when it may.
   *
   * @throws ApiException when it may not, or when that can't be told now
   */
  void check() throws ApiException;
}
