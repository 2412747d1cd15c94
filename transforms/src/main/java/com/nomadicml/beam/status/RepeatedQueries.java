package com.nomadicml.beam.status;

import com.google.common.base.Throwables;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Asks again when BigQuery has given up a statement for the sake of another that changed the same
 * table: it has changed nothing then. Each takes seconds, so nobody has to wait in between.
 */
record RepeatedQueries(BigQueryQueries queries) implements BigQueryQueries {
  private static final int MOST = 5;

  /** In BigQuery's words. */
  private static final Pattern CONFLICT =
      Pattern.compile("concurrent update|[Cc]ould not serialize access|[Tt]ransaction is aborted");

  @Override
  public List<Map<String, Object>> run(String project, String sql, Map<String, String> parameters) {
    for (int tries = 1; ; tries++) {
      try {
        return queries.run(project, sql, parameters);
      } catch (StatusStoreException e) {
        if (tries == MOST || !isConflict(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isConflict(StatusStoreException failure) {
    return Throwables.getCausalChain(failure).stream()
        .map(cause -> String.valueOf(cause.getMessage()))
        .anyMatch(message -> CONFLICT.matcher(message).find());
  }
}
