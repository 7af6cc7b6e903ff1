package io.snapfs.tools.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * The members of one JSON object, written as they come. Names are in snake_case and specified in
 * {@code docs/json.md}; sizes are numbers of bytes, moments ISO 8601 in UTC. Not safe for use by
 * many threads.
 */
public final class Json {
  /** Writes the members of an object. */
  @FunctionalInterface
  public interface Members {
    void write(Json json) throws IOException;
  }

  /** Writes the members of the object that stands for one element of a list. */
  @FunctionalInterface
  public interface Element<T> {
    void write(Json json, T element) throws IOException;
  }

  /** A list that is being written. */
  @FunctionalInterface
  public interface Array {
    void add(Members members) throws IOException;
  }

  /** Writes the elements of a list. */
  @FunctionalInterface
  public interface Elements {
    void write(Array array) throws IOException;
  }

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          // An object that an error cut short must not look whole.
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();

  private final JsonGenerator generator;

  private Json(JsonGenerator generator) {
    this.generator = generator;
  }

  /** Prints one object and a line feed on standard output. */
  public static void print(Console console, Members members) throws IOException {
    OutputStream out = new BufferedOutputStream(console.out());
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.setPrettyPrinter(new DefaultPrettyPrinter());
      generator.writeStartObject();
      members.write(new Json(generator));
      generator.writeEndObject();
      generator.writeRaw('\n');
    }
    out.flush();
  }

  public Json put(String name, String value) throws IOException {
    generator.writeStringField(name, value);
    return this;
  }

  public Json put(String name, long value) throws IOException {
    generator.writeNumberField(name, value);
    return this;
  }

  public Json put(String name, double value) throws IOException {
    generator.writeNumberField(name, value);
    return this;
  }

  public Json put(String name, boolean value) throws IOException {
    generator.writeBooleanField(name, value);
    return this;
  }

  /** A moment. */
  public Json putTime(String name, long epochMillis) throws IOException {
    return put(name, Text.isoTime(epochMillis));
  }

  /** An object whose names are data. */
  public Json put(String name, Map<String, String> values) throws IOException {
    return object(
        name,
        json -> {
          for (Map.Entry<String, String> each : values.entrySet()) {
            json.put(each.getKey(), each.getValue());
          }
        });
  }

  public Json object(String name, Members members) throws IOException {
    generator.writeObjectFieldStart(name);
    members.write(this);
    generator.writeEndObject();
    return this;
  }

  /** A list of objects. */
  public <T> Json list(String name, Iterable<T> elements, Element<? super T> element)
      throws IOException {
    return array(
        name,
        array -> {
          for (T each : elements) {
            array.add(json -> element.write(json, each));
          }
        });
  }

  /** A list of objects that come one by one. */
  public Json array(String name, Elements elements) throws IOException {
    generator.writeArrayFieldStart(name);
    elements.write(
        members -> {
          generator.writeStartObject();
          members.write(this);
          generator.writeEndObject();
        });
    generator.writeEndArray();
    return this;
  }
}
