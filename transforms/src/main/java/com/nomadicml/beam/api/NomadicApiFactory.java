package com.nomadicml.beam.api;

import java.io.Serializable;

/** Opens the API where it is called: on a worker. Holds no key, only where the key is found. */
public interface NomadicApiFactory extends Serializable {

  /** The API as lane {@code lane} may use it: within its share of the quota. */
  NomadicApi open(int lane);
}
