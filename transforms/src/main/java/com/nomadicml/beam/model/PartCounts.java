package com.nomadicml.beam.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sums up counts before they are elements. */
public final class PartCounts {
  private record Key(String stage, String part) {}

  private final Map<Key, Long> items = new LinkedHashMap<>();

  /** Adds to what {@link PartCount} is made of. */
  public void add(String stage, String part, long more) {
    if (more != 0) {
      items.merge(new Key(stage, part), more, Long::sum);
    }
  }

  public List<PartCount> list() {
    return items.entrySet().stream()
        .map(sum -> PartCount.of(sum.getKey().stage(), sum.getKey().part(), sum.getValue()))
        .toList();
  }

  /** All parts of a stage. */
  public long of(String stage) {
    return items.entrySet().stream()
        .filter(sum -> sum.getKey().stage().equals(stage))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
