package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepeatedQueriesTest {
  private int asked;

  @Test
  void aStatementThatGaveWayToAnotherIsRunAgain() {
    assertThat(run(2, "Transaction is aborted due to concurrent update against table t"))
        .containsExactly(Map.of("x", "1"));
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void itIsNotRunForEver() {
    assertThatThrownBy(() -> run(99, "Could not serialize access to table t"))
        .isInstanceOf(StatusStoreException.class);
    assertThat(asked).isEqualTo(5);
  }

  @Test
  void anythingElseIsNoReasonToRunItAgain() {
    assertThatThrownBy(() -> run(1, "Access Denied")).isInstanceOf(StatusStoreException.class);
    assertThat(asked).isEqualTo(1);
  }

  private List<Map<String, Object>> run(int failures, String message) {
    return new RepeatedQueries(
            (project, sql, parameters) -> {
              if (asked++ < failures) {
                throw new StatusStoreException("could not query", new IOException(message));
              }
              return List.of(Map.of("x", "1"));
            })
        .run("project", "UPDATE t", Map.of());
  }
}
