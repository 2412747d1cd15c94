package com.nomadicml.beam.manifest;

import com.google.api.services.bigquery.model.TableReference;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.TypedRead;

/**
 * A manifest that is a table of BigQuery, or what a query of it yields.
 *
 * @param name as rows of the status table say where they come from
 * @param project of the table; null for a query
 * @param query in BigQuery's standard SQL; null for a table
 */
record BigQueryManifest(
    String name,
    @Nullable String project,
    @Nullable String dataset,
    @Nullable String table,
    @Nullable String query)
    implements Serializable {
  /** The name of whatever a query yields; the run's row keeps the query itself. */
  static final String QUERY = "bigquery:query";

  private static final String SCHEME = "bigquery:";

  /** A project may belong to a domain: {@code example.com:project}. */
  private static final Pattern TABLE =
      Pattern.compile(
          SCHEME + "((?:[a-z0-9.-]+:)?[a-z0-9-]+)\\.([A-Za-z0-9_]+)\\.([^.:/*`\\s][^.:/*`]*)");

  static boolean isOne(String path) {
    return path.startsWith(SCHEME);
  }

  /**
   * Reads a path that {@link #isOne}.
   *
   * @throws IllegalArgumentException when it names no table
   */
  static BigQueryManifest table(String path) {
    Matcher matcher = TABLE.matcher(path);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          path + " names no table: it takes bigquery:PROJECT.DATASET.TABLE");
    }
    return new BigQueryManifest(path, matcher.group(1), matcher.group(2), matcher.group(3), null);
  }

  static BigQueryManifest query(String sql) {
    if (sql.isBlank()) {
      throw new IllegalArgumentException("--manifestQuery is empty: it takes a SELECT");
    }
    return new BigQueryManifest(QUERY, null, null, null, sql);
  }

  TableReference reference() {
    return new TableReference().setProjectId(project).setDatasetId(dataset).setTableId(table);
  }

  <T> TypedRead<T> of(TypedRead<T> read) {
    return query == null ? read.from(reference()) : read.fromQuery(query).usingStandardSql();
  }
}
