package com.nomadicml.beam.status;

import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.GetQueryResultsResponse;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.QueryParameter;
import com.google.api.services.bigquery.model.QueryParameterType;
import com.google.api.services.bigquery.model.QueryParameterValue;
import com.google.api.services.bigquery.model.QueryRequest;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.SerializableFunction;

/** Queries through BigQuery's REST API, with a client that is made for each query. */
record HttpBigQueryQueries(SerializableFunction<Void, Bigquery> clients)
    implements BigQueryQueries {
  private static final long WAIT_MILLIS = 30_000;

  @Override
  public List<Map<String, Object>> run(String project, String sql, Map<String, String> parameters) {
    try {
      Bigquery client = clients.apply(null);
      JobReference job =
          client.jobs().query(project, request(sql, parameters)).execute().getJobReference();
      return results(client, job);
    } catch (IOException e) {
      throw new StatusStoreException("could not query BigQuery in project " + project, e);
    }
  }

  private static List<Map<String, Object>> results(Bigquery client, JobReference job)
      throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    String page = null;
    while (true) {
      GetQueryResultsResponse response =
          client
              .jobs()
              .getQueryResults(job.getProjectId(), job.getJobId())
              .setLocation(job.getLocation())
              .setTimeoutMs(WAIT_MILLIS)
              .setPageToken(page)
              .execute();
      if (!response.getJobComplete()) {
        continue;
      }
      addRows(response, rows);
      page = response.getPageToken();
      if (page == null) {
        return rows;
      }
    }
  }

  private static void addRows(GetQueryResultsResponse response, List<Map<String, Object>> rows) {
    if (response.getRows() == null) {
      return;
    }
    List<TableFieldSchema> fields = response.getSchema().getFields();
    for (TableRow row : response.getRows()) {
      Map<String, Object> values = new HashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        Object value = row.getF().get(i).getV();
        values.put(fields.get(i).getName(), value instanceof String ? value : null);
      }
      rows.add(values);
    }
  }

  private static QueryRequest request(String sql, Map<String, String> parameters) {
    QueryRequest request = new QueryRequest().setQuery(sql).setUseLegacySql(false);
    if (!parameters.isEmpty()) {
      request.setParameterMode("NAMED");
      request.setQueryParameters(
          parameters.entrySet().stream()
              .map(entry -> parameter(entry.getKey(), entry.getValue()))
              .toList());
    }
    return request;
  }

  private static QueryParameter parameter(String name, String value) {
    return new QueryParameter()
        .setName(name)
        .setParameterType(new QueryParameterType().setType("STRING"))
        .setParameterValue(new QueryParameterValue().setValue(value));
  }
}
