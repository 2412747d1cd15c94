package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiRoute;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.manifest.SkipReason;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.StatusStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The documents name all that a user may meet, and nothing that is not there. */
class DocsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path TABLES = Path.of("../docs/tables.md");
  private static final Path OPERATIONS = Path.of("../docs/operations.md");
  private static final Path FAILURES = Path.of("../docs/failures.md");
  private static final Path ERROR_CODES = Path.of("../docs/error-codes.md");
  private static final List<Path> ALERTS =
      List.of(
          Path.of("../templates/terraform/alerts.tf"),
          Path.of("../templates/terraform/streaming.tf"));

  /** Options of Beam and its runners. */
  private static final Set<String> OF_BEAM =
      Set.of(
          "runner",
          "project",
          "region",
          "experiments",
          "bigQueryEndpoint",
          "credentialFactoryClass",
          "impersonateServiceAccount",
          "update",
          "logMdc",
          "awsRegion",
          "endpoint",
          "parallelism",
          "flinkMaster",
          "filesToStage",
          "checkpointingInterval",
          "savepointPath");

  /** Options of gcloud, of the rehearsals, of Beam YAML and of the example in Python. */
  private static final Set<String> OF_OTHERS =
      Set.of(
          "max-retries",
          "task-timeout",
          "member",
          "role",
          "iam-account",
          "items",
          "idempotency",
          "yaml_pipeline_file",
          "jinja_variables",
          "status_table",
          "api_url");

  @Test
  void everyErrorCodeHasARemedyAndNoOtherHas() throws Exception {
    assertThat(firstColumn(text(ERROR_CODES)))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Arrays.stream(ErrorCode.values()), Arrays.stream(RejectionCode.values()))
                .map(Enum::name)
                .toList());
  }

  @Test
  void everyExitCodeAndEveryStateOfARunIsExplained() throws Exception {
    List<String> codesAndStates = new ArrayList<>(constants(ExitCode.class));
    Arrays.stream(RunState.values()).map(Enum::name).forEach(codesAndStates::add);

    assertThat(firstColumn(section(FAILURES, "Exit codes")))
        .containsExactlyInAnyOrderElementsOf(codesAndStates)
        .hasSizeGreaterThan(RunState.values().length);
  }

  @Test
  void everyAlertOfTerraformIsExplainedAndNoOtherIs() throws Exception {
    List<String> alerts = new ArrayList<>();
    for (Path file : ALERTS) {
      alerts.addAll(found("(?m)^ +(\\w+) = \\{\n +title", Files.readString(file)));
    }

    assertThat(alerts).isNotEmpty();
    assertThat(firstColumn(section(OPERATIONS, "Alerts")))
        .containsExactlyInAnyOrderElementsOf(alerts);
  }

  @Test
  void everyMetricIsInTheTableAndNoOtherIs() throws Exception {
    Set<String> metrics = new HashSet<>(Set.of(Metrics.THROTTLE_TIME_COUNTER_NAME));
    metrics.addAll(constants(ImportMetrics.class));
    metrics.addAll(constants(ManifestMetrics.class));
    metrics.remove(ImportMetrics.NAMESPACE);
    Arrays.stream(SkipReason.values()).map(SkipReason::metric).forEach(metrics::add);
    Arrays.stream(VideoState.values()).map(ImportMetrics::ended).forEach(metrics::add);

    assertThat(firstColumn(section(OPERATIONS, "Metrics")))
        .containsExactlyInAnyOrderElementsOf(metrics);
    assertThat(section(OPERATIONS, "Metrics")).contains("`" + ImportMetrics.NAMESPACE + "`");
    assertThat(ApiRoute.values())
        .allSatisfy(
            route ->
                assertThat(section(OPERATIONS, "Metrics")).contains("`" + route.metric() + "`"));
  }

  @Test
  void everyStateIsExplained() throws Exception {
    List<String> states = new ArrayList<>();
    Arrays.stream(VideoState.values()).map(Enum::name).forEach(states::add);
    Arrays.stream(JobState.values()).map(Enum::name).forEach(states::add);

    assertThat(found("`([A-Z_]+)`", text(TABLES))).containsAll(states);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"import_videos", "import_jobs", "import_runs", "import_account", "import_leases"})
  void everyColumnIsExplained(String table, @TempDir Path folder) throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("status.db");
    StatusStore.at(url).createTables();
    List<String> columns = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        ResultSet found = connection.getMetaData().getColumns(null, null, table, null)) {
      while (found.next()) {
        columns.add(found.getString("COLUMN_NAME"));
      }
    }

    assertThat(columns).isNotEmpty();
    assertThat(found("`([a-z_]+)`", section(TABLES, table))).containsAll(columns);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyOptionThatIsNamedIsThere(Path document) throws Exception {
    Set<String> there = new HashSet<>(OF_BEAM);
    there.addAll(OF_OTHERS);
    addOptions(
        ToolCommands.commands(Clock.systemUTC(), Sleeper.real(), args -> ExitCode.OK), there);
    Arrays.stream(ImportOptions.class.getMethods())
        .map(method -> method.getName())
        .filter(name -> name.startsWith("set"))
        .map(name -> name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4))
        .forEach(there::add);

    assertThat(found("(?<![\\w-])--([A-Za-z][\\w-]*)", text(document))).isSubsetOf(there);
  }

  @Test
  void everyQueryFitsTheTablesInSqlite(@TempDir Path folder) throws Exception {
    runQueries("jdbc:sqlite:" + folder.resolve("status.db"), text(TABLES));
  }

  @Test
  void everyQueryFitsTheTablesInPostgresql() throws Exception {
    String ofLabels = found("In PostgreSQL it is `([^`]+)`", text(TABLES)).get(0);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      runQueries(
          postgres.getJdbcUrl("postgres", "postgres"),
          text(TABLES).replace("SELECT labels ->> 'vehicle'", "SELECT " + ofLabels));
    }
  }

  private static void runQueries(String url, String page) throws SQLException {
    StatusStore.at(url).createTables();
    List<String> queries = new ArrayList<>();
    found("(?ms)^```sql$(.*?)^```$", page)
        .forEach(block -> queries.addAll(List.of(block.strip().split(";"))));

    assertThat(queries).hasSizeGreaterThan(8);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String query : queries) {
        assertThat(statement.execute(query)).as(query).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Path document) throws Exception {
    for (String link : found("(?<!!)\\[[^\\]]*\\]\\(([^)]+)\\)", text(document))) {
      if (link.startsWith("https://") || link.startsWith("mailto:")) {
        continue;
      }
      Path target =
          link.startsWith("#") ? document : document.resolveSibling(link.replaceAll("#.*", ""));
      assertThat(target).exists();
      if (link.contains("#")) {
        assertThat(anchors(target)).as(link).contains(link.substring(link.indexOf('#') + 1));
      }
    }
  }

  private static void addOptions(CommandLine command, Set<String> names) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      names.add(option.longestName().replaceFirst("^-+", ""));
    }
    command.getSubcommands().values().forEach(below -> addOptions(below, names));
  }

  /** The README, what stands beside it, and the pages of docs/. */
  static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("docs/decisions"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
      }
    }
    assertThat(documents).hasSizeGreaterThan(12);
    return documents;
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(Path document) throws IOException {
    return found("(?m)^#+ (.+)$", text(document)).stream()
        .map(title -> title.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-'))
        .toList();
  }

  /** The public constants of a class, as texts. */
  private static List<String> constants(Class<?> type) throws IllegalAccessException {
    List<String> values = new ArrayList<>();
    for (Field field : type.getFields()) {
      values.add(String.valueOf(field.get(null)));
    }
    return values;
  }

  /** What stands in backticks at the start of the rows of tables. */
  private static List<String> firstColumn(String text) {
    return found("(?m)^\\| `([A-Za-z0-9_-]+)` \\|", text);
  }

  private static String section(Path document, String title) throws IOException {
    List<String> sections = found("(?ms)^## " + title + "$(.*?)(?=^## |\\z)", text(document));
    assertThat(sections).as("sections named " + title).hasSize(1);
    return sections.get(0);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String text(Path document) throws IOException {
    return Files.readString(document);
  }
}
