package com.nomadicml.beam.imports;

import java.io.Serializable;
import java.time.LocalDate;

/** Tells what all runs together have spent of a day's requests, as far as is known. */
@FunctionalInterface
public interface SpentRequests extends Serializable {
  /**
   * @param day in UTC
   */
  long on(LocalDate day);
}
