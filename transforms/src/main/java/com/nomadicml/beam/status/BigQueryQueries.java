package com.nomadicml.beam.status;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** BigQuery's answers to queries of few rows. */
@FunctionalInterface
interface BigQueryQueries extends Serializable {
  /**
   * Runs a query.
   *
   * @param parameters the named text parameters of {@code sql}
   * @return values by column, as text or null
   */
  List<Map<String, Object>> run(String project, String sql, Map<String, String> parameters);
}
