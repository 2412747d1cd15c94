package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.VideoUri;
import java.io.Serializable;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * What a run gives an entry that does not say so itself: an entry's own folder, scope and
 * integration win.
 *
 * @param integrations integration id by bucket
 */
public record ImportDefaults(
    @Nullable String folder, String scope, Map<String, String> integrations)
    implements Serializable {

  ManifestEntry complete(ManifestEntry entry) {
    String integration = entry.getIntegrationId();
    return entry.toBuilder()
        .setFolder(entry.getFolder() == null ? folder : entry.getFolder())
        .setScope(entry.getScope() == null ? scope : entry.getScope())
        .setOwnIntegrationId(integration)
        .setIntegrationId(
            integration == null
                ? integrations.get(uriOf(entry.getSourceUri()).bucket())
                : integration)
        .build();
  }

  /** Takes a URI apart that was valid when its line was read. */
  static VideoUri uriOf(String sourceUri) {
    try {
      return VideoUri.parse(sourceUri);
    } catch (RejectedException e) {
      throw new IllegalArgumentException(
          "not a URI that a manifest reader yields: " + sourceUri, e);
    }
  }
}
