package com.nomadicml.beam.imports.lane;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Targets that were answered "access denied" and no more. Such an answer is meant for the target
 * when the API takes requests of another, and for the account when it takes none.
 */
final class Denials {
  /** So many targets are enough to say that it is the account. */
  private static final int ENOUGH = 10;

  private final Map<String, String> messages = new LinkedHashMap<>();
  private boolean accountWorks;

  void accept() {
    accountWorks = true;
  }

  boolean accountWorks() {
    return accountWorks;
  }

  void deny(String target, String message) {
    messages.putIfAbsent(target, message);
  }

  boolean isDenied(String target) {
    return messages.containsKey(target);
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  boolean areEnough() {
    return messages.size() >= ENOUGH;
  }

  /** What the API said of a target. */
  String message(String target) {
    return messages.get(target);
  }

  /** What it said first. */
  String first() {
    return messages.values().iterator().next();
  }

  void forget() {
    messages.clear();
  }
}
