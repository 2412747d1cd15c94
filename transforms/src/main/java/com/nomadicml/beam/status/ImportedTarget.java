package com.nomadicml.beam.status;

import com.nomadicml.beam.model.Provider;

/** Where items come from and where they go, as people tell targets apart. */
public record ImportedTarget(Provider provider, String bucket, String destination) {

  /** As {@link com.nomadicml.beam.model.ImportTarget#describe}. */
  public String describe() {
    return provider.prefix() + bucket + " → " + destination;
  }
}
