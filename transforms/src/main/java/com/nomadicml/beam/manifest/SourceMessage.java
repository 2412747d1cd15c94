package com.nomadicml.beam.manifest;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;

/** A message as it came out of a queue or subscription. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SourceMessage {

  @SchemaFieldDescription("Where it came from, as --source names it.")
  public abstract String getSource();

  @SchemaFieldDescription("The id that the service gave it.")
  public abstract String getId();

  @SchemaFieldDescription("Its text; what is no UTF-8 is replaced.")
  public abstract String getBody();

  @SchemaFieldDescription("Whether the body is the text that was sent.")
  public abstract boolean getIntact();

  @SchemaFieldDescription("Attributes by name; empty for SQS.")
  public abstract Map<String, String> getAttributes();

  /** A message that is text. */
  public static SourceMessage of(
      String source, String id, String body, Map<String, String> attributes) {
    return of(source, id, body, true, attributes);
  }

  /** A message whose bytes should be UTF-8. */
  public static SourceMessage ofBytes(
      String source, String id, byte[] body, Map<String, String> attributes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return of(source, id, text, true, attributes);
    } catch (CharacterCodingException e) {
      return of(source, id, new String(body, StandardCharsets.UTF_8), false, attributes);
    }
  }

  /** Copies the map: one that Beam decodes is equal to no other. */
  @SchemaCreate
  static SourceMessage of(
      String source, String id, String body, boolean intact, Map<String, String> attributes) {
    return new AutoValue_SourceMessage(source, id, body, intact, ImmutableMap.copyOf(attributes));
  }
}
