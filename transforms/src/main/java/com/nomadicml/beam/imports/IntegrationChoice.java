package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.VideoUri;
import java.util.Comparator;
import java.util.List;
import javax.annotation.Nullable;

/**
 * Picks the saved integration of a {@code gs://} object, which the API wants named (contract,
 * section 4.0): exact bucket, then the longest matching prefix, then one of the caller's own.
 *
 * @param id the integration, or null when none can be picked
 * @param error why not, or null
 */
record IntegrationChoice(@Nullable String id, @Nullable ErrorCode error, @Nullable String message) {

  static IntegrationChoice of(VideoUri uri, List<SavedIntegration> saved) {
    List<SavedIntegration> covering =
        saved.stream()
            .filter(i -> i.getBucket().equals(uri.bucket()) && uri.key().startsWith(i.getPrefix()))
            .toList();
    if (covering.isEmpty()) {
      return new IntegrationChoice(
          null,
          ErrorCode.NO_INTEGRATION,
          "no saved gcs integration covers gs://"
              + uri.bucket()
              + "/: add one (nomadic-import integrations add gcs) or name one (--integrations="
              + uri.bucket()
              + "=ID)");
    }
    Comparator<SavedIntegration> better =
        Comparator.<SavedIntegration>comparingInt(i -> i.getPrefix().length())
            .thenComparing(SavedIntegration::getOwner);
    SavedIntegration best = covering.stream().max(better).orElseThrow();
    List<String> equals =
        covering.stream()
            .filter(i -> better.compare(i, best) == 0)
            .map(SavedIntegration::getId)
            .sorted()
            .toList();
    if (equals.size() > 1) {
      return new IntegrationChoice(
          null,
          ErrorCode.AMBIGUOUS_INTEGRATION,
          "several saved integrations cover gs://"
              + uri.bucket()
              + "/: "
              + String.join(", ", equals)
              + "; name one (--integrations="
              + uri.bucket()
              + "=ID)");
    }
    return new IntegrationChoice(best.getId(), null, null);
  }
}
