package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One JSON document, read element by element: an array of strings or objects, an object that is one
 * row, or objects around arrays of rows, where the URI field's path leads to them.
 */
final class JsonDocumentParser implements ManifestParser {
  /** In characters; what is larger is no row. */
  private static final int MAX_ELEMENT = 1 << 24;

  private static final int MAX_PROPERTIES = 10_000;

  private static final ObjectReader ELEMENT =
      JsonRow.JSON.readerFor(Object.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String path;
  private final RowRules rules;
  private final Set<String> nestedNames;

  JsonDocumentParser(String path, RowRules rules) {
    this.path = path;
    this.rules = rules;
    this.nestedNames = rules.nestedNames();
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    try (JsonParser parser = JsonRow.JSON.createParser(StrictReader.of(in))) {
      NestedRows rows = new NestedRows(rules, sink);
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        elements(parser, rules.uriField().path(), Map.of(), rows);
      } else if (first == JsonToken.START_OBJECT) {
        long line = line(parser);
        Document document = new Document(parser, rows);
        Map<String, Object> object =
            document.object(rules.uriField().path(), new LinkedHashMap<>());
        if (!document.listed) {
          rows.read(object, line, JsonRow.text(object));
        }
      } else {
        throw new ManifestException(
            path
                + ": a json manifest is an array or an object; for a value a line say"
                + " --manifestFormat=jsonl");
      }
      if (parser.nextToken() != null) {
        throw new ManifestException(
            path
                + ", line "
                + line(parser)
                + ": more follows behind the document; for a value a line say"
                + " --manifestFormat=jsonl");
      }
      rows.requireUris(path);
    } catch (JsonProcessingException e) {
      // Where the next element begins can't be known: going on would lose lines in silence.
      throw new ManifestException(
          path + ", line " + JsonRow.line(e) + ": not JSON: " + JsonRow.problem(e), e);
    }
  }

  private void elements(
      JsonParser parser, List<String> rest, Map<String, String> around, NestedRows rows)
      throws IOException {
    while (next(parser) != JsonToken.END_ARRAY) {
      long line = line(parser);
      Object value = element(parser);
      rows.read(value, rest, around, line, JsonRow.text(value));
    }
  }

  private JsonToken next(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new ManifestException(path + ": the array is not closed; the file is cut short");
    }
    return token;
  }

  private static long line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private Object element(JsonParser parser) throws IOException {
    return ELEMENT.readValue(new Bounded(parser, path));
  }

  /** Refuses to read on within one element for ever. */
  private static final class Bounded extends JsonParserDelegate {
    private final String path;
    private final long line;
    private final long end;

    Bounded(JsonParser parser, String path) {
      super(parser);
      this.path = path;
      line = JsonDocumentParser.line(parser);
      end = parser.currentTokenLocation().getCharOffset() + MAX_ELEMENT;
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = super.nextToken();
      if (currentTokenLocation().getCharOffset() > end) {
        throw new ManifestException(
            "%s, line %d: an element is longer than %,d characters: if it holds a list of videos,"
                    .formatted(path, line, MAX_ELEMENT)
                + " lead there by --uriField, as in --uriField=entries.url");
      }
      return token;
    }
  }

  /** An object around rows, of which only what rows can need is kept. */
  private final class Document {
    private final JsonParser parser;
    private final NestedRows rows;

    /** Whether rows were read out of an array. */
    private boolean listed;

    /** Characters that are kept. */
    private long kept;

    Document(JsonParser parser, NestedRows rows) {
      this.parser = parser;
      this.rows = rows;
    }

    /**
     * Reads an object to its end.
     *
     * @param way what is left of the URI field's path
     * @param around the properties of the objects around it
     */
    Map<String, Object> object(List<String> way, Map<String, Object> around) throws IOException {
      Map<String, Object> own = new LinkedHashMap<>();
      while (next(parser) != JsonToken.END_OBJECT) {
        String property = parser.currentName();
        String name = NestedRows.name(property);
        JsonToken token = next(parser);
        int names = namesOf(way, name);
        List<String> rest = way.subList(names, way.size());
        if (token == JsonToken.START_ARRAY && names > 0) {
          listed = true;
          elements(parser, rest, texts(around, own), rows);
        } else if (token == JsonToken.START_OBJECT && !rest.isEmpty() && names > 0) {
          Map<String, Object> outer = new LinkedHashMap<>(around);
          outer.putAll(own);
          own.put(property, object(rest, outer));
        } else if (!token.isStructStart() || isKept(name)) {
          requireBeforeRows(name);
          kept += token == JsonToken.VALUE_STRING ? parser.getTextLength() : 1;
          own.put(property, element(parser));
        } else {
          look();
        }
        if (own.size() > MAX_PROPERTIES || kept > MAX_ELEMENT) {
          throw new ManifestException(
              "%s, line %d: an object of more than %,d properties or %,d characters is no row"
                  .formatted(path, line(parser), MAX_PROPERTIES, MAX_ELEMENT));
        }
      }
      return own;
    }

    /** What stands behind rows that were read can't be theirs any more. */
    private void requireBeforeRows(String name) {
      boolean means = rules.labels().contains(name) || rules.isSetting(name);
      if (listed && means) {
        throw new ManifestException(
            "%s, line %d: %s stands behind the list that it is for: write it before the list"
                .formatted(path, line(parser), name));
      }
    }

    private boolean isKept(String name) {
      return nestedNames.contains(name);
    }

    /** Passes over what is no row, and takes note of a URI in it. */
    private void look() throws IOException {
      int depth = 1;
      while (depth > 0) {
        JsonToken token = next(parser);
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.VALUE_STRING && parser.getTextLength() < 1 << 12) {
          rows.sight(parser.getText(), way(), line(parser));
        }
      }
    }

    private String way() {
      StringBuilder way = new StringBuilder();
      for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
        if (at.inObject()) {
          way.insert(0, NestedRows.name(at.getCurrentName()) + (way.isEmpty() ? "" : "."));
        }
      }
      return way.toString();
    }
  }

  /** How many names of the path a property's name is; 0 when it is not on the way. */
  private static int namesOf(List<String> way, String name) {
    for (int names = way.size(); names > 0; names--) {
      if (String.join(".", way.subList(0, names)).equals(name)) {
        return names;
      }
    }
    return 0;
  }

  private static Map<String, String> texts(Map<String, Object> around, Map<String, Object> own) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map<String, Object> properties : List.of(around, own)) {
      properties.forEach(
          (name, value) -> {
            if (value != null && !value.toString().isBlank()) {
              texts.put(
                  NestedRows.name(name),
                  value instanceof Map || value instanceof List
                      ? JsonRow.text(value)
                      : value.toString());
            }
          });
    }
    return texts;
  }
}
