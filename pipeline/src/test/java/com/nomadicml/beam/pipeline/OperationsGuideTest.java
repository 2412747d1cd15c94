package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiRoute;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.manifest.SkipReason;
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
import java.sql.SQLException;
import java.sql.Statement;
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

/** The operations guide names all that an operator may meet, and nothing that is not there. */
class OperationsGuideTest {
  private static final Path GUIDE = Path.of("../docs/operations.md");
  private static final List<Path> ALERTS =
      List.of(
          Path.of("../templates/terraform/alerts.tf"),
          Path.of("../templates/terraform/streaming.tf"));

  /** Options of a Dataflow job that the import does not declare. */
  private static final Set<String> OF_BEAM = Set.of("project", "region", "update", "logMdc");

  /** Options of the commands around an import, and of gcloud. */
  private static final Set<String> OF_COMMANDS = Set.of("videos", "max-retries", "task-timeout");

  @Test
  void everyErrorCodeHasARemedyAndNoOtherHas() throws Exception {
    assertThat(firstColumn("Error codes"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Arrays.stream(ErrorCode.values()), Arrays.stream(RejectionCode.values()))
                .map(Enum::name)
                .toList());
  }

  @Test
  void everyExitCodeAndEveryStateOfARunIsExplained() throws Exception {
    List<String> codesAndStates = new ArrayList<>(constants(ExitCode.class));
    Arrays.stream(RunState.values()).map(Enum::name).forEach(codesAndStates::add);

    assertThat(firstColumn("Exit codes"))
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
    assertThat(firstColumn("Alerts")).containsExactlyInAnyOrderElementsOf(alerts);
  }

  @Test
  void everyMetricIsInTheTableAndNoOtherIs() throws Exception {
    Set<String> metrics = new HashSet<>(Set.of(Metrics.THROTTLE_TIME_COUNTER_NAME));
    metrics.addAll(constants(ImportMetrics.class));
    metrics.addAll(constants(ManifestMetrics.class));
    metrics.remove(ImportMetrics.NAMESPACE);
    Arrays.stream(SkipReason.values()).map(SkipReason::metric).forEach(metrics::add);
    Arrays.stream(VideoState.values()).map(ImportMetrics::ended).forEach(metrics::add);

    assertThat(firstColumn("Metrics")).containsExactlyInAnyOrderElementsOf(metrics);
    assertThat(section("Metrics")).contains("`" + ImportMetrics.NAMESPACE + "`");
    assertThat(ApiRoute.values())
        .allSatisfy(route -> assertThat(section("Metrics")).contains("`" + route.metric() + "`"));
  }

  @Test
  void everyOptionThatIsNamedIsThere() throws Exception {
    Set<String> there = new HashSet<>(OF_BEAM);
    there.addAll(OF_COMMANDS);
    Arrays.stream(ImportOptions.class.getMethods())
        .map(method -> method.getName())
        .filter(name -> name.startsWith("set"))
        .map(name -> name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4))
        .forEach(there::add);

    List<String> named = found("(?<![\\w-])--([A-Za-z][\\w-]*)", guide());

    assertThat(named).hasSizeGreaterThan(30).isSubsetOf(there);
  }

  @Test
  void everyQueryFitsTheTablesInSqlite(@TempDir Path folder) throws Exception {
    runQueries("jdbc:sqlite:" + folder.resolve("status.db"), guide());
  }

  @Test
  void everyQueryFitsTheTablesInPostgresql() throws Exception {
    String ofLabels = found("In PostgreSQL it is `([^`]+)`", guide()).get(0);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      runQueries(
          postgres.getJdbcUrl("postgres", "postgres"),
          guide().replace("SELECT labels ->> 'vehicle'", "SELECT " + ofLabels));
    }
  }

  private static void runQueries(String url, String guide) throws SQLException {
    StatusStore.at(url).createTables();
    List<String> queries = new ArrayList<>();
    found("(?ms)^```sql$(.*?)^```$", guide)
        .forEach(block -> queries.addAll(List.of(block.strip().split(";"))));

    assertThat(queries).hasSizeGreaterThan(8);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String query : queries) {
        assertThat(statement.execute(query)).as(query).isTrue();
      }
    }
  }

  @Test
  void everyLinkOfTheGuideLeadsSomewhere() throws Exception {
    List<String> anchors =
        found("(?m)^## (.+)$", guide()).stream()
            .map(title -> "#" + title.toLowerCase(Locale.ROOT).replace(' ', '-'))
            .toList();

    assertThat(found("\\]\\(([^)]+)\\)", guide()))
        .isNotEmpty()
        .allSatisfy(
            link -> {
              if (link.startsWith("#")) {
                assertThat(anchors).contains(link);
              } else {
                assertThat(GUIDE.resolveSibling(link.replaceAll("#.*", ""))).exists();
              }
            });
  }

  /** The public constants of a class, as texts. */
  private static List<String> constants(Class<?> type) throws IllegalAccessException {
    List<String> values = new ArrayList<>();
    for (Field field : type.getFields()) {
      values.add(String.valueOf(field.get(null)));
    }
    return values;
  }

  /** What stands in backticks at the start of the rows of a section's tables. */
  private static List<String> firstColumn(String title) throws IOException {
    return found("(?m)^\\| `([^`]+)` \\|", section(title));
  }

  private static String section(String title) throws IOException {
    List<String> sections = found("(?ms)^## " + title + "$(.*?)(?=^## |\\z)", guide());
    assertThat(sections).as("sections named " + title).hasSize(1);
    return sections.get(0);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String guide() throws IOException {
    return Files.readString(GUIDE);
  }
}
