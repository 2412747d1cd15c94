package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Terraform creates the tables that the import would create. In this package to see them. */
class TerraformTablesTest {
  private static final Path TERRAFORM = Path.of("terraform");

  /** As the files of {@code TemplateParametersTest}, and with them. */
  @BeforeAll
  static void writeTheSchemasAnewWhenAsked() throws Exception {
    if (Boolean.getBoolean("templates.write")) {
      for (Table table : tables().toList()) {
        Files.writeString(file(table), schema(table));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void theSchemaOfTerraformIsTheOneOfTheImport(Table table) throws Exception {
    assertThat(Files.readString(file(table))).isEqualTo(schema(table));
  }

  @Test
  void terraformHasAFileForEachTableAndNoOther() throws Exception {
    try (Stream<Path> files = Files.list(TERRAFORM.resolve("schemas"))) {
      assertThat(files)
          .containsExactlyInAnyOrderElementsOf(tables().map(TerraformTablesTest::file).toList());
    }
  }

  @Test
  void terraformKeysAndClustersEachTableAsTheImportDoes() throws Exception {
    Map<String, List<String>> keys = new TreeMap<>();
    Pattern.compile("(import_\\w+) += \\[(.*)\\]")
        .matcher(Files.readString(TERRAFORM.resolve("bigquery.tf")))
        .results()
        .forEach(
            table ->
                keys.put(table.group(1), List.of(table.group(2).replace("\"", "").split(", "))));

    assertThat(keys)
        .isEqualTo(
            tables()
                .collect(
                    Collectors.toMap(
                        TerraformTablesTest::name,
                        table -> table.getTableConstraints().getPrimaryKey().getColumns())));
    assertThat(tables())
        .allSatisfy(
            table ->
                assertThat(table.getClustering().getFields())
                    .isEqualTo(table.getTableConstraints().getPrimaryKey().getColumns()));
  }

  static Stream<Table> tables() {
    return BigQueryStatusStore.at("bigquery:project.dataset", StoreAccess.DEFAULT).tables().stream()
        .map(BigQueryTable::definition);
  }

  private static String name(Table table) {
    return table.getTableReference().getTableId();
  }

  private static Path file(Table table) {
    return TERRAFORM.resolve("schemas").resolve(name(table) + ".json");
  }

  private static String schema(Table table) {
    return table.getSchema().getFields().stream()
        .map(TerraformTablesTest::column)
        .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
  }

  private static String column(TableFieldSchema column) {
    Map<String, String> fields = new TreeMap<>();
    column.forEach((field, value) -> fields.put(field, value.toString()));
    try {
      return new ObjectMapper().writeValueAsString(fields);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
