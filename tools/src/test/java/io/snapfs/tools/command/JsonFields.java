package io.snapfs.tools.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The fields of a JSON object by the notation of {@code docs/json.md}: {@code artifacts[].name},
 * and {@code labels.*} where names are data.
 */
final class JsonFields {
  private static final Set<String> MAPS = Set.of("labels", "provenance");

  private final Map<String, String> fields = new TreeMap<>();

  private JsonFields() {}

  /**
   * Parses one object, after which there must be nothing else.
   *
   * @return the fields that are neither objects nor lists, each with its first value
   */
  static Map<String, String> of(String json) throws IOException {
    JsonFields result = new JsonFields();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an object: " + json);
      }
      result.object(parser, "");
      if (parser.nextToken() != null) {
        throw new IOException("something follows the object: " + json);
      }
    }
    return result.fields;
  }

  private void object(JsonParser parser, String path) throws IOException {
    boolean isMap = MAPS.contains(path.substring(path.lastIndexOf('.') + 1));
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = isMap ? "*" : parser.currentName();
      parser.nextToken();
      value(parser, path.isEmpty() ? name : path + "." + name);
    }
  }

  private void value(JsonParser parser, String path) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, path);
      case START_ARRAY -> {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          value(parser, path + "[]");
        }
      }
      default -> fields.putIfAbsent(path, parser.getText());
    }
  }
}
