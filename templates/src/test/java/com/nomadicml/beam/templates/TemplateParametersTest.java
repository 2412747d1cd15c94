package com.nomadicml.beam.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.pipeline.ImportOptionGroup;
import com.nomadicml.beam.pipeline.ImportOptions;
import com.nomadicml.beam.pipeline.ImportSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Metadata, READMEs, Terraform and the page of options say of each option what its code says. */
class TemplateParametersTest {
  /** For whoever has changed an option: mvn test -pl templates -am -Dtemplates.write=true */
  @BeforeAll
  static void writeTheFilesAnewWhenAsked() throws Exception {
    if (Boolean.getBoolean("templates.write")) {
      TemplateFiles.write();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyOptionIsAParameterOrLeftOutForAReason(Template template) {
    List<String> names = new ArrayList<>(template.leftOut().keySet());
    template.parameters().forEach(parameter -> names.add(parameter.name()));

    assertThat(names).containsExactlyInAnyOrderElementsOf(TemplateOption.all().keySet());
    assertThat(template.leftOut().values()).noneMatch(String::isBlank);
  }

  @ParameterizedTest
  @MethodSource("files")
  void theCommittedFileIsWhatTheOptionsYield(Path file) {
    assertThat(TemplateFiles.read(file))
        .as("after a change of the options, write the files anew: see templates/README.md")
        .isEqualTo(TemplateFiles.expected().get(file));
  }

  static List<Path> files() {
    return List.copyOf(TemplateFiles.expected().keySet());
  }

  @ParameterizedTest
  @EnumSource
  void theMetadataSaysOfEachOptionWhatItsCodeSays(Template template) throws Exception {
    JsonNode metadata = new ObjectMapper().readTree(TemplateFiles.read(template.metadata()));
    Map<String, TemplateOption> options = TemplateOption.all();

    assertThat(metadata.path("streaming").asBoolean()).isEqualTo(template.isStreaming());
    assertThat(metadata.path("parameters")).hasSize(options.size() - template.leftOut().size());
    for (JsonNode parameter : metadata.path("parameters")) {
      TemplateOption option = options.get(parameter.path("name").asText());
      assertThat(option).as(parameter.path("name").asText()).isNotNull();
      assertThat(parameter.path("helpText").asText()).isEqualTo(option.help());
      String type = parameter.path("paramType").asText();
      assertThat(type.equals("ENUM") ? "TEXT" : type).isEqualTo(option.type().name());
      if (parameter.path("isOptional").asBoolean()) {
        assertThat(parameter.path("defaultValue").asText(null)).isEqualTo(option.defaultValue());
      } else {
        assertThat(TemplateParameters.REQUIRED_HERE).containsKey(option.name());
      }
    }
  }

  @Test
  void theConsoleGroupsOptionsAsTheCommandDoes() {
    assertThat(TemplateParameters.all())
        .allSatisfy(
            parameter ->
                assertThat(parameter.group())
                    .as(parameter.name())
                    .isEqualTo(ImportOptionGroup.of(parameter.name()).title()));
  }

  @Test
  void theConsoleAcceptsEveryDefaultAndExample() {
    for (TemplateParameter parameter : TemplateParameters.all()) {
      if (parameter.regex() != null) {
        assertThat(parameter.example()).as(parameter.name()).matches(parameter.regex());
      }
      if (parameter.regex() != null && parameter.defaultValue() != null) {
        assertThat(parameter.defaultValue()).as(parameter.name()).matches(parameter.regex());
      }
      if (!parameter.choices().isEmpty()) {
        assertThat(parameter.choices()).contains(parameter.defaultValue());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theImportAcceptsEveryChoiceOfTheConsole(Template template) throws Exception {
    ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
    options.setStreaming(template.isStreaming());
    options.setManifest("gs://fleet/a.csv");
    for (TemplateParameter parameter : template.parameters()) {
      String setter =
          "set"
              + parameter.name().substring(0, 1).toUpperCase(Locale.ROOT)
              + parameter.name().substring(1);
      for (String choice : parameter.choices()) {
        ImportOptions.class.getMethod(setter, String.class).invoke(options, choice);
        assertThatCode(() -> ImportSettings.of(options, "run-1"))
            .as("--%s=%s", parameter.name(), choice)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void theStreamTakesTheSourceThatTheConsoleAccepts() {
    ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
    options.setStreaming(true);
    TemplateParameter source =
        Template.STREAMING.parameters().stream()
            .filter(parameter -> parameter.name().equals("source"))
            .findFirst()
            .orElseThrow();
    options.setSource(source.example());

    assertThatCode(() -> ImportSettings.of(options, "run-1")).doesNotThrowAnyException();
  }

  @Test
  void theConsoleRefusesAKeyWhereItsPlaceIsAskedFor() {
    TemplateParameter key =
        TemplateParameters.all().stream()
            .filter(parameter -> parameter.name().equals("apiKeySecret"))
            .findFirst()
            .orElseThrow();

    assertThat("sk_live_0123456789").doesNotMatch(key.regex());
    assertThat("file:/run/secrets/key").matches(key.regex());
  }
}
