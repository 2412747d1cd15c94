package com.nomadicml.beam.api;

import java.io.IOException;

/** A service that keeps secrets, with the credentials of the machine that asks. */
@FunctionalInterface
interface SecretStore {
  /**
   * The text of a secret.
   *
   * @throws IOException when it can't be had; the message says why, and holds no secret
   */
  String read(String name) throws IOException, InterruptedException;
}
