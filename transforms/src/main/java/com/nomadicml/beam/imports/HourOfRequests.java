package com.nomadicml.beam.imports;

/**
 * Requests of one hour.
 *
 * @param refused those that were refused for the rate
 * @param failed those that were not answered, or with a server's error
 */
public record HourOfRequests(long sent, long refused, long failed) {
  HourOfRequests plus(HourOfRequests other) {
    return new HourOfRequests(sent + other.sent, refused + other.refused, failed + other.failed);
  }
}
