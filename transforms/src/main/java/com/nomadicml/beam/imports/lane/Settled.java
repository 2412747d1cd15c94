package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.SeenItem;
import com.nomadicml.beam.model.VideoState;
import java.util.Collection;
import java.util.Objects;
import javax.annotation.Nullable;

/**
 * What has become of the items of one batch so far.
 *
 * @param failed items that are failed, missing or refused
 * @param reason why the first of them failed, as the API says
 */
record Settled(long uploaded, long failed, @Nullable String reason) {
  static final Settled NOTHING = new Settled(0, 0, null);

  /**
   * @param missing items that no page has shown until the job's end
   */
  static Settled of(Collection<SeenItem> seen, long missing) {
    long uploaded = seen.stream().filter(item -> item.getState() == VideoState.UPLOADED).count();
    long failed = seen.stream().filter(item -> item.getState().isFailure()).count();
    String reason =
        seen.stream().map(SeenItem::getError).filter(Objects::nonNull).findFirst().orElse(null);
    return new Settled(uploaded, failed + missing, reason);
  }
}
