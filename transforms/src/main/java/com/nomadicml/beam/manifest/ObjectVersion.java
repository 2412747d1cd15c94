package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** What a row says of an object's content, under the names that inventories use. */
final class ObjectVersion {
  private static final List<String> CONTENT = List.of("etag", "e_tag", "md5hash", "generation");
  private static final List<String> TIMES =
      List.of("last_modified_date", "lastmodifieddate", "last_modified", "updated");

  private static final Splitter PARTS = Splitter.on('\n').limit(2);

  private ObjectVersion() {}

  /** The etag in a line, size and time in the next; null when nothing is said. */
  @Nullable
  static String of(Map<String, String> fields) {
    String content = first(CONTENT, fields);
    String size = fields.get("size");
    String time = first(TIMES, fields);
    String sizeAndTime = size == null && time == null ? "" : size + " " + time;
    return content == null && sizeAndTime.isEmpty()
        ? null
        : (content == null ? "" : content.replace("\"", "")) + '\n' + sizeAndTime;
  }

  /** Compares etags, else sizes and times, whichever both have; without any they are the same. */
  static boolean isSame(@Nullable String now, @Nullable String then) {
    if (now == null || then == null) {
      return true;
    }
    List<String> ofNow = PARTS.splitToList(now);
    List<String> ofThen = PARTS.splitToList(then);
    for (int i = 0; i < ofNow.size(); i++) {
      if (!ofNow.get(i).isEmpty() && !ofThen.get(i).isEmpty()) {
        return ofNow.get(i).equals(ofThen.get(i));
      }
    }
    return true;
  }

  @Nullable
  private static String first(List<String> names, Map<String, String> fields) {
    return names.stream().map(fields::get).filter(value -> value != null).findFirst().orElse(null);
  }
}
