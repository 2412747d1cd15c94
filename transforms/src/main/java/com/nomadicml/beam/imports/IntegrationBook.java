package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.model.ManifestEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** The saved integrations of a process, asked for when an entry needs one, and anew at times. */
final class IntegrationBook {
  /** One that is saved while a stream runs is taken that soon. */
  private static final Duration FRESH = Duration.ofMinutes(10);

  private List<SavedIntegration> integrations = List.of();
  private Instant askAgainAt = Instant.MIN;

  /**
   * What planning these entries may need.
   *
   * @throws ApiException when they can't be had now; a final refusal is an empty answer
   */
  List<SavedIntegration> forAll(List<ManifestEntry> entries, Supplier<NomadicApi> api, Instant now)
      throws ApiException {
    if (!now.isBefore(askAgainAt) && entries.stream().anyMatch(ListIntegrations::isNeeded)) {
      try {
        integrations = ListIntegrations.list(api.get());
      } catch (ApiException e) {
        if (e.isAccountRefusal() || e.kind() != ApiException.Kind.PERMANENT) {
          throw e;
        }
        integrations = List.of();
      }
      askAgainAt = now.plus(FRESH);
    }
    return integrations;
  }
}
