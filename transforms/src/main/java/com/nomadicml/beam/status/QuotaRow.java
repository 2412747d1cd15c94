package com.nomadicml.beam.status;

import com.google.common.base.Splitter;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.SharedQuota.Grant;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The row of {@code import_limits}.
 *
 * @param version how often it was changed
 */
record QuotaRow(long version, SharedQuota quota) {

  static QuotaRow of(
      long version, String day, long spent, String sent, String granted, long notBefore) {
    return new QuotaRow(
        version,
        new SharedQuota(
            LocalDate.parse(day),
            spent,
            times(sent),
            grants(granted),
            Instant.ofEpochMilli(notBefore)));
  }

  private static List<Instant> times(String text) {
    List<Instant> times = new ArrayList<>();
    for (String millis : Splitter.on(' ').omitEmptyStrings().split(text)) {
      times.add(Instant.ofEpochMilli(Long.parseLong(millis)));
    }
    return times;
  }

  static String text(List<Instant> times) {
    return String.join(
        " ", times.stream().map(time -> Long.toString(time.toEpochMilli())).toList());
  }

  private static Map<String, Grant> grants(String text) {
    Map<String, Grant> grants = new LinkedHashMap<>();
    for (String grant : Splitter.on(' ').omitEmptyStrings().split(text)) {
      List<String> parts = Splitter.on('|').splitToList(grant);
      grants.put(
          parts.get(0),
          new Grant(
              Instant.ofEpochMilli(Long.parseLong(parts.get(1))), Integer.parseInt(parts.get(2))));
    }
    return grants;
  }

  static String text(Map<String, Grant> grants) {
    return String.join(
        " ",
        grants.entrySet().stream()
            .map(
                grant ->
                    grant.getKey()
                        + "|"
                        + grant.getValue().until().toEpochMilli()
                        + "|"
                        + grant.getValue().requests())
            .toList());
  }
}
