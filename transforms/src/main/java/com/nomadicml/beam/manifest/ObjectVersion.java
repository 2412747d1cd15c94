package com.nomadicml.beam.manifest;

import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** What a row says of an object's content, under the names that inventories use. */
final class ObjectVersion {
  private static final List<String> CONTENT = List.of("etag", "e_tag", "md5hash", "generation");
  private static final List<String> TIMES =
      List.of("last_modified_date", "lastmodifieddate", "last_modified", "updated");

  private ObjectVersion() {}

  /** A text that is another one when the content is: of the etag, else of size and time. */
  @Nullable
  static String of(Map<String, String> fields) {
    String content = first(CONTENT, fields);
    if (content != null) {
      return content.replace("\"", "");
    }
    String size = fields.get("size");
    String time = first(TIMES, fields);
    return size == null && time == null ? null : size + " " + time;
  }

  @Nullable
  private static String first(List<String> names, Map<String, String> fields) {
    return names.stream().map(fields::get).filter(value -> value != null).findFirst().orElse(null);
  }
}
