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
  static final String DESCRIPTION =
      "Imports the cloud videos (gs://, s3://, hf://buckets/) that manifests name into NomadicML,"
          + " and keeps a table in which every URI has one row that says what became of it. May be"
          + " run again at any time with the same parameters: what is done is left alone, what is"
          + " open goes on.";

  private MetadataText() {}

  static String of(List<TemplateParameter> parameters) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", "Nomadic Video Import");
    metadata.put("description", DESCRIPTION);
    metadata.put("streaming", false);
    metadata.put("supportsAtLeastOnce", false);
    metadata.put("supportsExactlyOnce", false);
    metadata.put("parameters", parameters.stream().map(MetadataText::parameter).toList());
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
