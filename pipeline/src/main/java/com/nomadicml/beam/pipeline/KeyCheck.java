package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.Outage;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API about the key before anything else is done with it. An API that is away is waited
 * for; one that is not there at all is more likely misspelled.
 */
final class KeyCheck {
  private static final Logger LOG = LoggerFactory.getLogger(KeyCheck.class);

  /** What is not there by then ends the run, within ten seconds in all. */
  private static final Duration UNREACHABLE = Duration.ofSeconds(3);

  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private final HttpApiFactory api;
  private final ImportSettings settings;
  private final Clock clock;
  private final Sleeper sleeper;
  private final PrintStream err;
  private final Outage outage;
  private boolean isThere;

  /**
   * @param err where it is said that the API is waited for
   */
  KeyCheck(
      HttpApiFactory api, ImportSettings settings, Clock clock, Sleeper sleeper, PrintStream err) {
    this.api = api;
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
    this.err = err;
    this.outage = new Outage(settings.patience(), Duration.ZERO);
    if (settings.waitForQuota()) {
      outage.waitForTheDay();
    }
  }

  /**
   * What the API tells of the key, which is valid.
   *
   * @throws IllegalArgumentException when it is not, or when no API is there, with what to do
   * @throws QuotaSpentException when the API has said so for as long as patience lasts
   * @throws IllegalStateException when it has not answered for as long
   */
  KeyVerification verify() {
    Instant start = clock.instant();
    while (true) {
      try {
        KeyVerification key = api.verifyKey();
        outage.answered().ifPresent(this::say);
        return checked(key);
      } catch (ApiException e) {
        if (e.kind() == ApiException.Kind.PERMANENT) {
          throw refusal(e);
        }
        isThere |= !e.isUnreachable();
        if (isThere) {
          await(e);
        } else {
          tryAgainSoon(e, Duration.between(start, clock.instant()));
        }
      }
    }
  }

  private KeyVerification checked(KeyVerification key) {
    if (!key.isValid()) {
      throw new IllegalArgumentException(
          "the API says that the key is not valid: create a new one (Profile → API Keys)");
    }
    if (!key.canWrite()) {
      LOG.warn("The API key has no write scope: imports may be refused");
    }
    return key;
  }

  private RuntimeException refusal(ApiException e) {
    if (e.status() == 0) {
      return new IllegalStateException(
          "the API at " + settings.apiUrl() + " can't be asked: " + e.getMessage(), e);
    }
    return new IllegalArgumentException(
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

  /** For an address at which there is nothing, unless that passes at once. */
  private void tryAgainSoon(ApiException e, Duration tried) {
    if (tried.isNegative() || tried.compareTo(UNREACHABLE) >= 0) {
      throw new IllegalArgumentException(
          "the API at "
              + settings.apiUrl()
              + " can't be reached: "
              + e.reason()
              + ": check --apiUrl, and this machine's network",
          e);
    }
    sleep(A_SECOND, e);
  }

  /** Until the API may be asked again. */
  private void await(ApiException e) {
    Instant now = clock.instant();
    outage.failed(e, now);
    Instant free = api.nextRequestAt(now);
    if (outage.isOfRate() && (outage.isTooLong() || free.isAfter(now.plus(outage.left())))) {
      throw new QuotaSpentException(free);
    }
    if (outage.isTooLong()) {
      throw new IllegalStateException("at " + settings.apiUrl() + ", " + outage.describe(), e);
    }
    outage.words(now).ifPresent(this::say);
    sleep(Duration.between(now, outage.nextTry(now)), e);
  }

  private void sleep(Duration pause, ApiException e) {
    try {
      sleeper.sleep(pause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the API", e);
    }
  }

  private void say(String words) {
    err.println("nomadic-import: " + words);
  }
}
