package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the jar is made of is what dependencies.txt says, and nothing that it rules out. */
class DependenciesTest {
  private static final Path DECISIONS = Path.of("..", "dependencies.txt");
  private static final Path MADE_BY_THE_BUILD = Path.of("target", "bom.json");

  @BeforeEach
  void isTheUsualJar() {
    // Another Beam brings others.
    assumeFalse(ImportHarness.isOnFlink());
  }

  @Test
  void everyArtifactIsDecidedAbout() throws IOException {
    TreeSet<String> decided = new TreeSet<>();
    for (String[] line : decisions()) {
      if (!line[1].equals("excluded")) {
        decided.add(line[0] + " " + line[1]);
      }
    }
    assertThat(inTheJar())
        .as("a line in dependencies.txt for each, once its version is looked up for known holes")
        .containsExactlyElementsOf(decided);
  }

  @Test
  void whatIsExcludedIsNotThereAndHasAReason() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    inTheJar().forEach(artifact -> names.add(artifact.split(" ")[0]));
    List<String[]> excluded =
        decisions().stream().filter(line -> line[1].equals("excluded")).toList();
    assertThat(excluded).isNotEmpty().allMatch(line -> line.length == 3);
    assertThat(excluded).extracting(line -> line[0]).doesNotContainAnyElementsOf(names);
  }

  /** Name, version or {@code excluded}, and where there is one the reason. */
  private static List<String[]> decisions() throws IOException {
    return Files.readAllLines(DECISIONS).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split(" +", 3))
        .toList();
  }

  private static TreeSet<String> inTheJar() throws IOException {
    JsonNode bom = new ObjectMapper().readTree(MADE_BY_THE_BUILD.toFile());
    TreeSet<String> artifacts = new TreeSet<>();
    for (JsonNode component : bom.path("components")) {
      if (!component.path("group").asText().equals("com.nomadicml")) {
        artifacts.add(
            component.path("group").asText()
                + ":"
                + component.path("name").asText()
                + " "
                + component.path("version").asText());
      }
    }
    assertThat(artifacts).isNotEmpty();
    return artifacts;
  }
}
