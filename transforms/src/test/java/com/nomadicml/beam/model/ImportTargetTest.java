package com.nomadicml.beam.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportTargetTest {
  @ParameterizedTest
  @CsvSource({"user, fleet", "org, fleet/2026", "user,"})
  void aDestinationNamesItsScopeAndFolder(String scope, String folder) {
    String destination = ImportTarget.destination(scope, folder);

    assertThat(ImportTarget.scopeOf(destination)).isEqualTo(scope);
    assertThat(ImportTarget.folderOf(destination)).isEqualTo(folder);
  }
}
