package com.nomadicml.beam.templates;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** docs/options.md: each option of an import, with its default and what its code says of it. */
final class OptionsPage {
  static final Path FILE = Path.of("../docs/options.md");

  /** Options that no template has. */
  private static final String COMMAND_ONLY = "The command only";

  private OptionsPage() {}

  static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Options

            <!-- A test writes this page from ImportOptions; CONTRIBUTING.md says how. Do not edit it. -->

            An import takes these options. `./nomadic-import --help=ImportOptions` prints the same text.
            Each one is a Beam pipeline option, so Beam's own work too: `--runner`, `--project`, `--region`.
            """);
    byGroup()
        .forEach(
            (group, options) ->
                page.append("\n## ")
                    .append(group)
                    .append("\n\n| option | default | what it does |\n|---|---|---|\n")
                    .append(options.stream().map(OptionsPage::row).collect(joining())));
    return page.append(
            """

            ## Of Beam

            | option | default | what it does |
            |---|---|---|
            | `--streaming` | `false` | Import for ever: see [streaming](streaming.md). |
            | `--runner` | `DirectRunner` | What runs the pipeline: also `FlinkRunner` ([Flink](flink.md)) and `DataflowRunner`. |
            | `--awsRegion` | as AWS tools find it | The region of `s3://` manifests and of SQS. |
            | `--endpoint` | AWS | The endpoint of S3-compatible storage that holds `s3://` manifests. |
            """)
        .toString();
  }

  /** Groups as the console shows them, then those that only the command has. */
  private static Map<String, List<TemplateOption>> byGroup() {
    Map<String, String> groups =
        TemplateParameters.all().stream()
            .collect(toMap(TemplateParameter::name, TemplateParameter::group));
    Map<String, List<TemplateOption>> all = new LinkedHashMap<>();
    TemplateParameters.all().forEach(parameter -> all.put(parameter.group(), List.of()));
    all.put(COMMAND_ONLY, List.of());
    all.putAll(
        TemplateOption.all().values().stream()
            .collect(groupingBy(option -> groups.getOrDefault(option.name(), COMMAND_ONLY))));
    return all;
  }

  private static String row(TemplateOption option) {
    String otherwise = option.required() ? "one of these is required" : "none";
    String fallback = option.defaultValue() == null ? otherwise : "`" + option.defaultValue() + "`";
    return "| `--%s` | %s | %s |\n"
        .formatted(option.name(), fallback, option.help().replace("|", "\\|"));
  }
}
