package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.testing.http.MockHttpTransport;
import com.google.api.client.testing.http.MockLowLevelHttpRequest;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import com.google.api.services.bigquery.Bigquery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HttpBigQueryQueriesTest {
  private static final String JOB =
      """
      {"jobReference": {"projectId": "p", "jobId": "j", "location": "EU"}}
      """;
  private static final String RUNNING =
      """
      {"jobComplete": false}
      """;
  private static final String FIRST_PAGE =
      """
      {"jobComplete": true, "pageToken": "next",
       "schema": {"fields": [{"name": "state"}, {"name": "error_code"}]},
       "rows": [{"f": [{"v": "MISSING"}, {"v": null}]}]}
      """;
  private static final String LAST_PAGE =
      """
      {"jobComplete": true,
       "schema": {"fields": [{"name": "state"}, {"name": "error_code"}]},
       "rows": [{"f": [{"v": "REFUSED"}, {"v": "X"}]}]}
      """;

  private final List<MockLowLevelHttpRequest> requests = new ArrayList<>();

  @Test
  void waitsForTheJobAndReadsAllItsPages() throws IOException {
    List<Map<String, Object>> rows =
        answering(JOB, RUNNING, FIRST_PAGE, LAST_PAGE)
            .run("p", "SELECT @run_id", Map.of("run_id", "it's"));

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0)).containsEntry("state", "MISSING").containsEntry("error_code", null);
    assertThat(rows.get(1)).containsEntry("error_code", "X");
    assertThat(requests.get(0).getContentAsString()).contains("@run_id", "it's");
    assertThat(requests.get(3).getUrl()).contains("pageToken=next", "location=EU");
  }

  @Test
  void isEmptyWithoutRows() {
    assertThat(answering(JOB, "{\"jobComplete\": true}").run("p", "SELECT 1", Map.of())).isEmpty();
  }

  private HttpBigQueryQueries answering(String... answers) {
    Iterator<String> next = Arrays.asList(answers).iterator();
    MockHttpTransport transport =
        new MockHttpTransport() {
          @Override
          public LowLevelHttpRequest buildRequest(String method, String url) {
            MockLowLevelHttpRequest request =
                new MockLowLevelHttpRequest(url) {
                  @Override
                  public LowLevelHttpResponse execute() {
                    return new MockLowLevelHttpResponse()
                        .setContentType("application/json")
                        .setContent(next.next());
                  }
                };
            requests.add(request);
            return request;
          }
        };
    Bigquery client =
        new Bigquery.Builder(transport, GsonFactory.getDefaultInstance(), null)
            .setApplicationName("test")
            .build();
    return new HttpBigQueryQueries(unused -> client);
  }
}
