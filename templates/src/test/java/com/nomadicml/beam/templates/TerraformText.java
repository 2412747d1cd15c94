package com.nomadicml.beam.templates;

import com.google.common.base.Strings;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The Terraform variables of the templates' parameters; those of the same name are one. */
final class TerraformText {
  private static final String HEAD =
      """
      # The templates' parameters. Written by TemplateFiles from the options of the import: do not edit.

      """;

  /** The module's stream reads messages, so what says how to read manifests is none of it. */
  private static final Set<String> OF_MANIFESTS =
      Set.of("manifest", "manifestFormat", "expand", "watchInterval");

  private TerraformText() {}

  static String all() {
    List<TemplateParameter> batch = Template.BATCH.parameters();
    List<TemplateParameter> stream =
        Template.STREAMING.parameters().stream()
            .filter(parameter -> !OF_MANIFESTS.contains(parameter.name()))
            .toList();
    return HEAD
        + TemplateParameters.all().stream()
            .filter(parameter -> batch.contains(parameter) || stream.contains(parameter))
            .map(TerraformText::variable)
            .collect(Collectors.joining("\n"))
        + "\nlocals {\n"
        + given("parameters_given", batch)
        + "\n"
        + given("stream_parameters_given", stream)
        + "}\n";
  }

  private static String given(String local, List<TemplateParameter> parameters) {
    int widest = parameters.stream().mapToInt(each -> each.name().length()).max().orElseThrow();
    return "  %s = {\n".formatted(local)
        + parameters.stream()
            .map(
                parameter ->
                    "    "
                        + Strings.padEnd(parameter.name(), widest, ' ')
                        + " = var."
                        + name(parameter)
                        + "\n")
            .collect(Collectors.joining())
        + "  }\n";
  }

  private static String variable(TemplateParameter parameter) {
    return """
        variable "%s" {
          type        = %s
          description = "%s"
          default     = %s
        }
        """
        .formatted(
            name(parameter),
            type(parameter),
            parameter.option().help().replace("\"", "\\\""),
            value(parameter));
  }

  /** Terraform keeps the name "source" for itself. */
  private static String name(TemplateParameter parameter) {
    return parameter.name().equals("source") ? "stream_source" : parameter.name();
  }

  private static String type(TemplateParameter parameter) {
    return switch (parameter.option().type()) {
      case TEXT -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
    };
  }

  /** What the template requires is null here: the module makes it. */
  private static String value(TemplateParameter parameter) {
    String value = parameter.defaultValue();
    if (value == null) {
      return "null";
    }
    return parameter.isText() ? "\"" + value + "\"" : value;
  }
}
