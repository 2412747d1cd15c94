package com.nomadicml.beam.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.zetasql.Analyzer;
import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.ParseResumeLocation;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SimpleTable;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.ZetaSQLBuiltinFunctionOptions;
import com.google.zetasql.ZetaSQLOptions.ParameterMode;
import com.google.zetasql.ZetaSQLType.TypeKind;
import java.util.Collection;
import java.util.List;

/**
 * The analyzer that BigQuery's own SQL is built on. It runs nothing, but refuses what BigQuery
 * would refuse: syntax, names of tables and columns, types and parameters.
 */
final class GoogleSql {
  private final SimpleCatalog catalog = new SimpleCatalog("status");

  private GoogleSql() {
    catalog.addZetaSQLFunctionsAndTypes(
        new ZetaSQLBuiltinFunctionOptions(options().getLanguageOptions()));
  }

  /** Knows the status tables of a dataset. */
  static GoogleSql of(String project, String dataset) {
    GoogleSql sql = new GoogleSql();
    new BigQueryStatusStore(project, dataset, null, null, null)
        .tables()
        .forEach(table -> sql.add(table.table(), project, dataset));
    return sql;
  }

  private void add(StatusTable<?> table, String project, String dataset) {
    SimpleTable simple = new SimpleTable(project + "." + dataset + "." + table.name());
    simple.setFullName(simple.getName());
    table
        .columns()
        .forEach(
            column ->
                simple.addSimpleColumn(
                    column.name(), TypeFactory.createSimpleType(kind(column.type()))));
    catalog.addSimpleTable(simple);
  }

  /**
   * Analyzes the statements of a script.
   *
   * @param parameters the names of its text parameters
   * @throws com.google.zetasql.SqlException that says what is wrong, and where
   */
  void check(String script, Collection<String> parameters) {
    AnalyzerOptions options = options();
    options.addSystemVariable(
        List.of("row_count"), TypeFactory.createSimpleType(TypeKind.TYPE_INT64));
    parameters.forEach(
        name ->
            options.addQueryParameter(name, TypeFactory.createSimpleType(TypeKind.TYPE_STRING)));
    ParseResumeLocation next = new ParseResumeLocation(script);
    while (next.getBytePosition() < script.getBytes(UTF_8).length) {
      Analyzer.analyzeNextStatement(next, options, catalog);
    }
  }

  private static AnalyzerOptions options() {
    AnalyzerOptions options = new AnalyzerOptions();
    options.getLanguageOptions().enableMaximumLanguageFeatures();
    options.getLanguageOptions().setSupportsAllStatementKinds();
    options.setParameterMode(ParameterMode.PARAMETER_NAMED);
    return options;
  }

  private static TypeKind kind(Column.Type type) {
    return switch (type) {
      case KEY, TEXT -> TypeKind.TYPE_STRING;
      case LONG -> TypeKind.TYPE_INT64;
      case BOOLEAN -> TypeKind.TYPE_BOOL;
      case TIMESTAMP -> TypeKind.TYPE_TIMESTAMP;
    };
  }
}
