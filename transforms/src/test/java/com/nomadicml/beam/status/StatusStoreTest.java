package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatusStoreTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "status.db",
        "jdbc:mysql://host/db",
        "jdbc:sqlite:",
        "jdbc:sqlite::memory:",
        "jdbc:postgresql://host:port/db",
        "bigquery:dataset",
        "bigquery:project.dataset.table"
      })
  void refusesWhatItCannotWriteTo(String statusTable) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StatusStore.at(statusTable))
        .withMessageContaining("status table");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://nomad:hunter2@host/db",
        "jdbc:mysql://nomad:hunter2@host/db",
        "jdbc:postgresql://nomad:hunt/er2@host/db",
        "jdbc:mysql://host/db?user=nomad&password=hunter2",
        "jdbc:postgresql://host:port/db?PASSWORD=hunter2&user=nomad"
      })
  void refusalsHideThePassword(String statusTable) {
    assertThatThrownBy(() -> StatusStore.at(statusTable))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("***")
        .message()
        .doesNotContain("hunt");
  }

  @Test
  void anErrorHidesThePassword() {
    StatusStore store =
        StatusStore.at("jdbc:postgresql:///nowhere?user=u&password=hunter2&loggerLevel=OFF");

    assertThat(store.toString()).doesNotContain("hunter2");
    assertThat(store.describe())
        .isEqualTo("jdbc:postgresql:///nowhere?user=u&password=***&loggerLevel=OFF");
  }
}
