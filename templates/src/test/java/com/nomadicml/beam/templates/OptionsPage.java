package com.nomadicml.beam.templates;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import com.nomadicml.beam.pipeline.ImportOptionGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** docs/options.md: each option of an import, with its default and what its code says of it. */
final class OptionsPage {
  static final Path FILE = Path.of("../docs/options.md");

  private OptionsPage() {}

  static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Options

            <!-- A test writes this page from ImportOptions; CONTRIBUTING.md says how. Do not edit it. -->

            An import takes these options. `./nomadic-import help import --all` prints the same text.
            A value may be joined by `=` or follow as a word of its own: `--folder=fleet`, `--folder fleet`.
            Each one is a Beam pipeline option, so Beam's own work too: `--runner`, `--project`, `--region`.
            `--help=DataflowPipelineOptions` explains those of Dataflow.
            """);
    byGroup()
        .forEach(
            (group, options) ->
                page.append("\n## ")
                    .append(group.title())
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

  private static Map<ImportOptionGroup, List<TemplateOption>> byGroup() {
    return TemplateOption.all().values().stream()
        .collect(groupingBy(option -> ImportOptionGroup.of(option.name()), TreeMap::new, toList()));
  }

  private static String row(TemplateOption option) {
    String otherwise = option.required() ? "one of these is required" : "none";
    String fallback = option.defaultValue() == null ? otherwise : "`" + option.defaultValue() + "`";
    return "| `--%s` | %s | %s |\n"
        .formatted(option.name(), fallback, option.help().replace("|", "\\|"));
  }
}
