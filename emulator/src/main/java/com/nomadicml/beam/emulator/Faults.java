package com.nomadicml.beam.emulator;

/** Draws faults: for requests by their number, for rows by their video. The seed decides all. */
final class Faults {
  private final EmulatorOptions options;

  Faults(EmulatorOptions options) {
    this.options = options;
  }

  /** What goes wrong with a request. */
  enum Fault {
    NONE,
    TOO_MANY_REQUESTS,
    ERROR_BEFORE,
    HTML,
    ERROR_AFTER,
    LOST,
    TRUNCATED
  }

  /** The fault of the request with this number. */
  Fault ofRequest(long number) {
    double draw = percent(options.seed, number);
    for (Fault fault : Fault.values()) {
      draw -= rate(fault);
      if (draw < 0) {
        return fault;
      }
    }
    return Fault.NONE;
  }

  private double rate(Fault fault) {
    return switch (fault) {
      case NONE -> 0;
      case TOO_MANY_REQUESTS -> options.tooManyRequests;
      case ERROR_BEFORE -> options.errorBefore;
      case HTML -> options.htmlErrors;
      case ERROR_AFTER -> options.errorAfter;
      case LOST -> options.lostAnswers;
      case TRUNCATED -> options.truncated;
    };
  }

  /** Whether a thing that happens to {@code rate} percent happens to this one. */
  boolean hits(double rate, String what, String id) {
    return rate > 0 && percent(options.seed ^ what.hashCode(), hash(id)) < rate;
  }

  /** A number from 0 to 1 that is always the same for the same thing. */
  double fraction(String what, String id) {
    return percent(options.seed ^ what.hashCode(), hash(id)) / 100;
  }

  static long hash(String text) {
    long hash = 1125899906842597L;
    for (int i = 0; i < text.length(); i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return mix(hash);
  }

  /** SplitMix64's finisher. */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double percent(long seed, long value) {
    return (mix(mix(seed) + value) >>> 11) * 0x1.0p-53 * 100;
  }
}
