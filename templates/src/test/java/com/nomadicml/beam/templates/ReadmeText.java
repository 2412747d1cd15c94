package com.nomadicml.beam.templates;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of the template's README that follow from its parameters; each between two marks. */
final class ReadmeText {
  /** gcloud takes a comma for the start of the next parameter. */
  private static final Set<String> MAY_HAVE_COMMAS =
      Set.of("manifest", "manifestQuery", "include", "exclude", "since", "label", "integrations");

  private ReadmeText() {}

  /** {@code readme} with the parts as they should be. */
  static String mended(String readme, Template template) {
    List<TemplateParameter> parameters = template.parameters();
    String text = replace(readme, "one-of", bullets(parameters, ReadmeText::isManifest));
    text = replace(text, "required", bullets(parameters, TemplateParameter::isRequired));
    text = replace(text, "optional", bullets(parameters, ReadmeText::isOptional));
    text = replace(text, "run", run(template));
    return replace(text, "terraform", terraform(template));
  }

  private static String bullets(
      List<TemplateParameter> parameters, Predicate<TemplateParameter> which) {
    return parameters.stream().filter(which).map(ReadmeText::bullet).collect(joining("\n"));
  }

  private static String bullet(TemplateParameter parameter) {
    String choices =
        parameter.choices().isEmpty()
            ? ""
            : " One of: " + String.join(", ", parameter.choices()) + ".";
    String example =
        parameter.choices().isEmpty() && parameter.isText()
            ? " For example, `" + parameter.example() + "`."
            : "";
    String fallback =
        parameter.defaultValue() == null ? "" : " Defaults to: " + parameter.defaultValue() + ".";
    return "* **"
        + parameter.name()
        + "**: "
        + parameter.option().help()
        + choices
        + example
        + fallback;
  }

  private static String run(Template template) {
    List<TemplateParameter> parameters = template.parameters();
    return "```shell\n"
        + "export PROJECT=<my-project>\n"
        + "export BUCKET_NAME=<bucket-name>\n"
        + "export REGION=us-central1\n"
        + "export TEMPLATE_SPEC_GCSPATH=\"gs://$BUCKET_NAME/templates/flex/"
        + template.id()
        + "\"\n"
        + "\n### One of "
        + parameters.stream()
            .filter(ReadmeText::isManifest)
            .map(ReadmeText::shouted)
            .collect(joining(" and "))
        + "\n"
        + exports(parameters, ReadmeText::isManifest)
        + "\n### Required\n"
        + exports(parameters, TemplateParameter::isRequired)
        + "\n### Optional\n"
        + exports(parameters, ReadmeText::isOptional)
        + "\n"
        + "gcloud dataflow flex-template run \""
        + jobName(template)
        + "\" \\\n"
        + "  --project \"$PROJECT\" \\\n"
        + "  --region \"$REGION\" \\\n"
        + "  --template-file-gcs-location \"$TEMPLATE_SPEC_GCSPATH\" \\\n"
        + (template.isStreaming() ? "  --enable-streaming-engine \\\n" : "")
        + parameters.stream()
            .map(
                parameter ->
                    "  --parameters \"%s%s=$%s\""
                        .formatted(
                            MAY_HAVE_COMMAS.contains(parameter.name()) ? "^~^" : "",
                            parameter.name(),
                            shouted(parameter)))
            .collect(joining(" \\\n"))
        + "\n```";
  }

  private static String jobName(Template template) {
    return template.id().replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** Of the parameters of which one is required, the one that most will give. */
  private static String usual(Template template) {
    return template.isStreaming() ? "source" : "manifest";
  }

  private static boolean isManifest(TemplateParameter parameter) {
    return parameter.option().required();
  }

  private static boolean isOptional(TemplateParameter parameter) {
    return !parameter.isRequired() && !isManifest(parameter);
  }

  private static String exports(
      List<TemplateParameter> parameters, Predicate<TemplateParameter> which) {
    return parameters.stream()
        .filter(which)
        .map(parameter -> "export " + shouted(parameter) + "=" + valueOrPlace(parameter) + "\n")
        .collect(joining());
  }

  private static String terraform(Template template) {
    return "```terraform\n"
        + "resource \"google_dataflow_flex_template_job\" \""
        + jobName(template).replace('-', '_')
        + "\" {\n"
        + "  provider                = google-beta\n"
        + "  container_spec_gcs_path = \"gs://<bucket-name>/templates/flex/"
        + template.id()
        + "\"\n"
        + "  name                    = \""
        + jobName(template)
        + "\"\n"
        + "  region                  = var.region\n"
        + (template.isStreaming()
            ? "  enable_streaming_engine = true\n  on_delete               = \"drain\"\n"
            : "")
        + "  parameters = {\n"
        + template.parameters().stream()
            .map(
                parameter ->
                    "    %s%s = \"%s\"\n"
                        .formatted(
                            parameter.isRequired() || parameter.name().equals(usual(template))
                                ? ""
                                : "# ",
                            parameter.name(),
                            valueOrPlace(parameter)))
            .collect(joining())
        + "  }\n}\n```";
  }

  private static String valueOrPlace(TemplateParameter parameter) {
    String value = parameter.defaultValue();
    return value == null ? "<" + parameter.name() + ">" : value;
  }

  private static String shouted(TemplateParameter parameter) {
    return parameter.name().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
  }

  private static String replace(String text, String part, String content) {
    Matcher marks =
        Pattern.compile(
                "(<!-- begin " + part + " -->\n).*?(<!-- end " + part + " -->)", Pattern.DOTALL)
            .matcher(text);
    if (!marks.find()) {
      throw new AssertionError("the README has lost its marks of the part '" + part + "'");
    }
    return text.substring(0, marks.end(1)) + content + "\n" + text.substring(marks.start(2));
  }
}
