package io.snapfs.gms.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.snapfs.format.CorruptException;
import java.io.Closeable;
import java.io.IOException;

/**
 * A JSON text of a file, read token by token. Duplicate keys are refused; whatever is wrong is a
 * {@link CorruptException} with the file and the offset. For one thread.
 */
final class JsonInput implements Closeable {
  private static final int MAX_NESTING = 32;

  /** Values in base64 of what a client put beside its tensors. */
  private static final int MAX_TEXT = 64 << 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxStringLength(MAX_TEXT)
                  .build())
          .build();

  /** What is done with each entry of an object; the parser stands at the value. */
  interface Entry {
    void read(String key) throws IOException;
  }

  /** What is done with each item of a list; the parser stands at it. */
  interface Item {
    void read() throws IOException;
  }

  private final String resource;
  private final long origin;
  private final JsonParser parser;

  /**
   * @param origin where in the file the text begins, for messages
   */
  JsonInput(String resource, byte[] text, long origin) throws IOException {
    this.resource = resource;
    this.origin = origin;
    requireUtf8Object(text);
    this.parser = FACTORY.createParser(text);
    next();
  }

  /** The parser would take other encodings as well, and a byte order mark. */
  private void requireUtf8Object(byte[] text) throws CorruptException {
    int at = 0;
    while (at < text.length && (text[at] == ' ' || text[at] == '\t' || isLineEnd(text[at]))) {
      at++;
    }
    boolean wide = at + 1 < text.length && text[at + 1] == 0;
    if (at == text.length || text[at] != '{' || wide) {
      throw new CorruptException(
          resource, origin + at, "expected a JSON object in UTF-8, which begins with '{'");
    }
  }

  private static boolean isLineEnd(byte character) {
    return character == '\n' || character == '\r';
  }

  /** Reads the object at which the parser stands. */
  void object(Entry entry) throws IOException {
    expect(JsonToken.START_OBJECT, "an object");
    while (next() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      next();
      entry.read(key);
    }
  }

  /** Reads the list at which the parser stands. */
  void list(Item item) throws IOException {
    expect(JsonToken.START_ARRAY, "a list");
    while (next() != JsonToken.END_ARRAY) {
      item.read();
    }
  }

  String text() throws IOException {
    expect(JsonToken.VALUE_STRING, "a text");
    try {
      return parser.getText(); // it is looked at only now
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  /** A whole number that is not negative. */
  long count() throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    long value;
    try {
      value = parser.getLongValue();
    } catch (JsonProcessingException e) {
      throw failure("a number needs more than 63 bits", e);
    }
    if (value < 0) {
      throw failure(value + " is negative", null);
    }
    return value;
  }

  byte[] base64() throws IOException {
    expect(JsonToken.VALUE_STRING, "base64");
    try {
      return parser.getBinaryValue();
    } catch (JsonProcessingException e) {
      throw failure("a value is not base64", e);
    }
  }

  boolean isText() {
    return parser.currentToken() == JsonToken.VALUE_STRING;
  }

  /** Passes over whatever the parser stands at. */
  void skip() throws IOException {
    try {
      parser.skipChildren();
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  /** Nothing but white space may follow. */
  void end() throws IOException {
    if (next() != null) {
      throw failure("something follows the JSON", null);
    }
  }

  /** That something is wrong where the parser stands. */
  CorruptException failure(String problem, Throwable cause) {
    return new CorruptException(resource, offset(parser.currentTokenLocation()), problem, cause);
  }

  private JsonToken next() throws IOException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  private void expect(JsonToken token, String what) throws IOException {
    if (parser.currentToken() != token) {
      throw failure("expected " + what + ", found " + parser.currentToken(), null);
    }
  }

  private CorruptException malformed(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return new CorruptException(
        resource,
        offset(location == null ? parser.currentLocation() : location),
        "no JSON as it must be: " + e.getOriginalMessage(),
        e);
  }

  private long offset(JsonLocation location) {
    return origin + Math.max(0, location.getByteOffset());
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
