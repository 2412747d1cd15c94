package com.nomadicml.beam.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.bertramlabs.plugins.hcl4j.HCLParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.metrics.Metrics;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be known of the Terraform files without Terraform: they parse, and they fit. */
class TerraformTest {
  private static final Path TERRAFORM = Path.of("terraform");

  @ParameterizedTest
  @MethodSource("files")
  void theFileParses(Path file) throws Exception {
    assertThat(new HCLParser().parse(Files.readString(file))).isNotEmpty();
  }

  /** Which the parser does not ask for. */
  @ParameterizedTest
  @MethodSource("files")
  void everyBracketAndQuoteOfTheFileIsClosed(Path file) throws Exception {
    String brackets =
        Files.readString(file)
            .replaceAll("(?m)^ *#.*$", "")
            .replaceAll("\"(\\\\.|[^\"\\\\])*\"", "")
            .replaceAll("[^\\[\\](){}\"]", "");
    String rest = brackets;
    do {
      brackets = rest;
      rest = brackets.replace("[]", "").replace("()", "").replace("{}", "");
    } while (!rest.equals(brackets));

    assertThat(rest).isEmpty();
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(TERRAFORM)) {
      return files.filter(file -> file.toString().endsWith(".tf")).sorted().toList();
    }
  }

  @Test
  void everyVariableIsDeclaredAndUsed() throws Exception {
    List<String> declared = found("(?m)^variable \"(\\w+)\"", all());

    assertThat(declared).doesNotHaveDuplicates().isNotEmpty();
    assertThat(new HashSet<>(found("\\bvar\\.(\\w+)", all()))).isEqualTo(Set.copyOf(declared));
  }

  @Test
  void everyVariableHasADescriptionAndAType() throws Exception {
    Map<?, ?> variables = (Map<?, ?>) new HCLParser().parse(all()).get("variable");

    assertThat(variables).isNotEmpty();
    assertThat(variables.values())
        .allSatisfy(
            variable ->
                assertThat(((Map<?, ?>) variable).keySet().stream().map(String::valueOf))
                    .contains("type", "description"));
  }

  @Test
  void everyResourceThatIsNamedIsThere() throws Exception {
    Set<String> declared =
        Pattern.compile("(?m)^(?:resource|data) \"(\\w+)\" \"(\\w+)\"")
            .matcher(all())
            .results()
            .map(resource -> resource.group(1) + "." + resource.group(2))
            .collect(Collectors.toSet());
    String text = all().replaceAll("\"[^\"$]*\"", "\"\"");

    assertThat(found("\\b(google_\\w+\\.[a-z_]+)", text)).isNotEmpty().isSubsetOf(declared);
  }

  @Test
  void everyLocalValueThatIsNamedIsThere() throws Exception {
    Map<?, ?> parsed = new HCLParser().parse(all());
    Set<String> declared =
        found("(?m)^  (\\w+) += ", String.join("\n", blocks("locals"))).stream()
            .collect(Collectors.toSet());

    assertThat(parsed.get("locals")).isNotNull();
    assertThat(found("\\blocal\\.(\\w+)", all())).isNotEmpty().isSubsetOf(declared);
  }

  @Test
  void everyFileThatIsReadIsThere() throws Exception {
    assertThat(found("\\$\\{path\\.module\\}/([^\"]+)", all()))
        .map(name -> name.replace("${each.key}", "import_videos"))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(TERRAFORM.resolve(name)).exists());
  }

  @Test
  void theWorkflowIsGivenWhatItAsksFor() throws Exception {
    String asked = Files.readString(TERRAFORM.resolve("workflow.yaml"));
    String launch =
        blocks("locals").stream().filter(b -> b.contains("launch = {")).findFirst().orElseThrow();

    assertThat(new HashSet<>(found("\\bargs\\.(\\w+)", asked)))
        .isEqualTo(new HashSet<>(found("(?m)^    (\\w+) += ", launch)));
  }

  @Test
  void noAccountMayDoEverything() throws Exception {
    assertThat(found("\"(roles/[\\w.]+)\"", all()))
        .isNotEmpty()
        .doesNotContain("roles/owner", "roles/editor", "roles/viewer")
        .noneMatch(role -> role.endsWith("dmin") && !role.equals("roles/storage.objectAdmin"));
  }

  @Test
  void theWorkersReadTheBucketOfTheirTemplateAndDoNotWriteIt() throws Exception {
    List<String> ofWorkers =
        resources("google_storage_bucket_iam_member").stream()
            .filter(grant -> grant.contains("google_service_account.worker.member"))
            .toList();

    assertThat(ofWorkers).filteredOn(grant -> grant.contains("var.bucket\n")).hasSize(1);
    assertThat(ofWorkers)
        .filteredOn(grant -> !grant.contains("roles/storage.objectViewer"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("google_storage_bucket.temp.name");
    assertThat(all()).doesNotContain("${var.bucket}/temp\"", "${var.bucket}/staging");
  }

  @Test
  void theScheduleMayStartOneWorkflowAlone() throws Exception {
    assertThat(resources("google_project_iam_member"))
        .filteredOn(grant -> grant.contains("roles/workflows.invoker"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("condition {", "google_tags_tag_value.nightly.id");
    assertThat(resources("google_tags_location_tag_binding"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("${google_workflows_workflow.nightly.name}", "google_tags_tag_value.nightly.id");
  }

  @Test
  void workersHaveNoPublicAddressUnlessAsked() throws Exception {
    assertThat(all()).contains("default     = \"WORKER_IP_PRIVATE\"");
  }

  @Test
  void everyVersionIsBoundedAbove() throws Exception {
    assertThat(found("(?m)^ *(?:required_)?version *= \"([^\"]+)\"", all()))
        .hasSize(3)
        .allSatisfy(version -> assertThat(version).contains("< "));
  }

  @Test
  void thePasswordOfTheTablesIsASecret() throws Exception {
    assertThat(resources("google_secret_manager_secret_iam_member"))
        .filteredOn(grant -> grant.contains("var.statusTableSecret"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("google_service_account.worker.member");
  }

  private static List<String> resources(String type) throws IOException {
    return Pattern.compile("(?ms)^resource \"" + type + "\" .*?^\\}")
        .matcher(all())
        .results()
        .map(block -> block.group())
        .toList();
  }

  @Test
  void noKeyIsInTheState() throws Exception {
    assertThat(all()).doesNotContain("google_secret_manager_secret_version");
  }

  @Test
  void alertsAndDashboardNameMetricsThatTheImportCounts() throws Exception {
    String dashboard = Files.readString(TERRAFORM.resolve("dashboard.json"));
    List<String> named = new ArrayList<>();
    for (String text : List.of(all(), queries(new ObjectMapper().readTree(dashboard)))) {
      found("metric_name=~?\\\\?\"([^\"\\\\]+)", text)
          .forEach(names -> named.addAll(List.of(names.split("\\|"))));
    }
    named.removeAll(List.of("ended_.*", "requests_.+"));
    // What Cloud Monitoring makes of a distribution.
    named.replaceAll(name -> name.replaceFirst("_(MIN|MEAN|MAX|COUNT)$", ""));

    assertThat(named).hasSizeGreaterThan(15).isSubsetOf(counted());
  }

  private static Set<String> counted() throws IllegalAccessException {
    Set<String> names = new HashSet<>(Set.of(Metrics.THROTTLE_TIME_COUNTER_NAME));
    for (Class<?> metrics : List.of(ImportMetrics.class, ManifestMetrics.class)) {
      for (Field field : metrics.getFields()) {
        names.add(field.get(null).toString());
      }
    }
    Arrays.stream(VideoState.values()).map(ImportMetrics::ended).forEach(names::add);
    return names;
  }

  private static String queries(JsonNode dashboard) {
    return String.join("\n", dashboard.findValuesAsText("prometheusQuery"));
  }

  private static List<String> blocks(String type) throws IOException {
    return Pattern.compile("(?ms)^" + type + " \\{.*?^\\}")
        .matcher(all())
        .results()
        .map(block -> block.group())
        .toList();
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String all() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : files()) {
      Files.readAllLines(file).stream()
          .filter(line -> !line.strip().startsWith("#"))
          .forEach(line -> all.append(line).append('\n'));
    }
    return all.toString();
  }
}
