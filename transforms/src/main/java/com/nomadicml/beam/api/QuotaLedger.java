package com.nomadicml.beam.api;

import java.io.Serializable;
import java.time.Duration;
import java.util.function.Function;

/** Where the {@link SharedQuota} of an account is kept. */
public interface QuotaLedger extends Serializable {

  /**
   * Takes requests, as {@link SharedQuota#take} says: whole, or not at all.
   *
   * @param take may be asked several times; the last answer counts
   */
  SharedQuota.Grant take(Function<SharedQuota, SharedQuota.Taken> take);

  /** How far ahead requests are taken of it: the longer a change of it takes, the farther. */
  default Duration ahead() {
    return SharedQuota.AHEAD;
  }

  /** Whether it can be written: it may come to be later. */
  boolean isThere();
}
