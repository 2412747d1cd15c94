package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.imports.HttpApiFactory;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the API about the key before anything else is done with it. */
final class KeyCheck {
  private static final Logger LOG = LoggerFactory.getLogger(KeyCheck.class);

  private static final int RATE_REFUSED = 429;

  private KeyCheck() {}

  /**
   * What the API tells of the key, which is valid.
   *
   * @throws IllegalArgumentException when it is not, with what to do
   * @throws QuotaSpentException when the API says so, however often it is asked
   * @throws IllegalStateException when the API can't be reached
   */
  static KeyVerification verify(HttpApiFactory api, ImportSettings settings, Clock clock) {
    try {
      KeyVerification key = api.verifyKey();
      if (!key.isValid()) {
        throw new IllegalArgumentException(
            "the API says that the key is not valid: create a new one (Profile → API Keys)");
      }
      if (!key.canWrite()) {
        LOG.warn("The API key has no write scope: imports may be refused");
      }
      return key;
    } catch (ApiException e) {
      if (e.kind() == ApiException.Kind.PERMANENT && e.status() != 0) {
        throw new IllegalArgumentException(
            "the API at "
                + settings.apiUrl()
                + " refuses the key ("
                + e.status()
                + ": "
                + e.getMessage()
                + "): check "
                + settings.apiKey().kind()
                + ":"
                + settings.apiKey().name(),
            e);
      }
      if (e.status() == RATE_REFUSED) {
        throw new QuotaSpentException(api.nextRequestAt(clock.instant()));
      }
      throw new IllegalStateException(
          "the API at " + settings.apiUrl() + " can't be reached: " + e.getMessage(), e);
    }
  }
}
