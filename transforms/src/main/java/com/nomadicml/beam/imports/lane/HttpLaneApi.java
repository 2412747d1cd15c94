package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.imports.HttpApiFactory;
import java.time.Duration;
import java.time.Instant;

/** The API over HTTP, within the run's quota. */
record HttpLaneApi(NomadicApi client, HttpApiFactory factory) implements LaneApi {
  @Override
  public Instant nextRequestAt(Instant now, int before) {
    return factory.nextRequestAt(now, before);
  }

  @Override
  public long requestsSent() {
    return factory.requestsSent();
  }

  @Override
  public Duration quotaPatience() {
    return factory.quotaPatience();
  }
}
