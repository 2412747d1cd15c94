package com.nomadicml.beam.manifest;

import java.io.Serializable;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/**
 * Which entries of a manifest are imported.
 *
 * @param include what a URI must hold, or null
 * @param exclude what a URI must not hold, or null
 * @param since paths of an older manifest, whose unchanged entries are left out; or null
 * @param limit how many entries at most; 0 for all
 */
record Selection(
    @Nullable Pattern include, @Nullable Pattern exclude, @Nullable String since, int limit)
    implements Serializable {
  static final Selection ALL = new Selection(null, null, null, 0);

  Selection withFilter(@Nullable Pattern newInclude, @Nullable Pattern newExclude) {
    return new Selection(newInclude, newExclude, since, limit);
  }

  Selection withSince(@Nullable String paths) {
    return new Selection(include, exclude, paths, limit);
  }

  Selection withLimit(int entries) {
    if (entries < 0) {
      throw new IllegalArgumentException("--limit must be at least 0, not " + entries);
    }
    return new Selection(include, exclude, since, entries);
  }

  boolean includes(String uri) {
    return include == null || include.matcher(uri).find();
  }

  boolean excludes(String uri) {
    return exclude != null && exclude.matcher(uri).find();
  }
}
