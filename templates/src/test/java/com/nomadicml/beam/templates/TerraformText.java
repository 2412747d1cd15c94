package com.nomadicml.beam.templates;

import com.google.common.base.Strings;
import java.util.List;
import java.util.stream.Collectors;

/** The Terraform variables of the template's parameters. */
final class TerraformText {
  private static final String HEAD =
      """
      # The template's parameters. Written by TemplateFiles from the options of the import: do not edit.

      """;

  private TerraformText() {}

  static String of(List<TemplateParameter> parameters) {
    int widest = parameters.stream().mapToInt(each -> each.name().length()).max().orElseThrow();
    return HEAD
        + parameters.stream().map(TerraformText::variable).collect(Collectors.joining("\n"))
        + "\nlocals {\n  parameters_given = {\n"
        + parameters.stream()
            .map(parameter -> parameter.name())
            .map(name -> "    " + Strings.padEnd(name, widest, ' ') + " = var." + name + "\n")
            .collect(Collectors.joining())
        + "  }\n}\n";
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
            parameter.name(),
            type(parameter),
            parameter.option().help().replace("\"", "\\\""),
            value(parameter));
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
