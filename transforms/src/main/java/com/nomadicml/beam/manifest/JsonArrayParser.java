package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.InputStream;

/** An array of JSON strings or objects, read element by element. */
final class JsonArrayParser implements ManifestParser {
  private static final ObjectReader ELEMENT =
      JsonRow.JSON
          .readerFor(JsonNode.class)
          .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String path;

  JsonArrayParser(String path) {
    this.path = path;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    try (JsonParser parser = JsonRow.JSON.createParser(in)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new ManifestException(
            path
                + ": a json manifest is an array; for an object a line say --manifestFormat=jsonl");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() == null) {
          throw new ManifestException(path + ": the array is not closed; the file is cut short");
        }
        long line = parser.currentTokenLocation().getLineNr();
        JsonNode node = ELEMENT.readValue(parser);
        JsonRow.read(node, line, node.toString(), sink);
      }
      if (parser.nextToken() != null) {
        throw new ManifestException(
            path
                + ", line "
                + parser.currentTokenLocation().getLineNr()
                + ": more follows behind the array");
      }
    } catch (JsonProcessingException e) {
      // Where the next element begins can't be known: going on would lose lines in silence.
      throw new ManifestException(
          path + ", line " + e.getLocation().getLineNr() + ": not JSON: " + JsonRow.problem(e), e);
    }
  }
}
