package com.nomadicml.beam.templates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metadata file that {@code gcloud dataflow flex-template build} takes. */
final class MetadataText {
  private MetadataText() {}

  static String of(Template template) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", template.title());
    metadata.put("description", template.description());
    metadata.put("streaming", template.isStreaming());
    // What a lane remembers is written once: at-least-once delivery was never tried.
    metadata.put("supportsAtLeastOnce", false);
    metadata.put("supportsExactlyOnce", template.isStreaming());
    metadata.put(
        "parameters", template.parameters().stream().map(MetadataText::parameter).toList());
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    try {
      return new ObjectMapper()
              .writer(new DefaultPrettyPrinter().withArrayIndenter(lines).withObjectIndenter(lines))
              .writeValueAsString(metadata)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> parameter(TemplateParameter parameter) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", parameter.name());
    entry.put("groupName", parameter.group());
    entry.put("label", parameter.label());
    entry.put("helpText", parameter.option().help());
    entry.put("isOptional", !parameter.isRequired());
    entry.put("paramType", parameter.paramType());
    if (parameter.regex() != null) {
      entry.put("regexes", List.of(parameter.regex()));
    }
    if (!parameter.choices().isEmpty()) {
      entry.put(
          "enumOptions",
          parameter.choices().stream().map(value -> Map.of("value", value)).toList());
    }
    if (parameter.defaultValue() != null) {
      entry.put("defaultValue", parameter.defaultValue());
    }
    return entry;
  }
}
