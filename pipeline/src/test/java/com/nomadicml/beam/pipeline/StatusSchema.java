package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The schema that describes {@code status --json}. */
final class StatusSchema {
  private static final Path FILE = Path.of("../docs/status.schema.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private StatusSchema() {}

  /** What is printed, once it is one line that the schema allows. */
  static JsonNode valid(String printed) {
    assertThat(printed).hasLineCount(1);
    try {
      JsonSchema schema =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
              .getSchema(JSON.readTree(Files.readString(FILE)));
      JsonNode status = JSON.readTree(printed);
      assertThat(schema.validate(status)).isEmpty();
      return status;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
