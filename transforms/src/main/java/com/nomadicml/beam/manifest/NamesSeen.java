package com.nomadicml.beam.manifest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of columns and properties, until all that the user asked for are found. */
final class NamesSeen {
  /** So many are enough to tell what there is instead. */
  private static final int MAX_OTHERS = 100;

  private final Set<String> wanted;
  private final Set<String> others = new HashSet<>();

  NamesSeen(Collection<String> wanted) {
    this.wanted = new HashSet<>(wanted);
  }

  /** Those of {@code names} that were not seen before, as far as they matter. */
  List<String> newOf(Collection<String> names) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    List<String> fresh = new ArrayList<>(0);
    for (String name : names) {
      if (wanted.remove(name) || (others.size() < MAX_OTHERS && others.add(name))) {
        fresh.add(name);
      }
    }
    return fresh;
  }
}
