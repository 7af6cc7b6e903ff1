package io.snapfs.gms.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of one message, each of the type that it must have. */
final class Fields {
  private static final String TYPE = "type";

  private final Map<String, Object> values;
  private final String what;

  private Fields(Map<String, Object> values, String what) {
    this.values = values;
    this.what = what;
  }

  /** Of a message that came. */
  static Fields of(Map<String, Object> message) throws WireException {
    if (!(message.get(TYPE) instanceof String type)) {
      throw new WireException("the message has no type");
    }
    return new Fields(message, type);
  }

  /** Of a message to send, with fields to be added in pairs of name and value. */
  static Map<String, Object> message(String type, Object... namesAndValues) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put(TYPE, type);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      message.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return message;
  }

  /** Fields without a type, as the elements of some lists are. */
  static Map<String, Object> untyped(Object... namesAndValues) {
    Map<String, Object> message = message("", namesAndValues);
    message.remove(TYPE);
    return message;
  }

  String type() {
    return what;
  }

  String text(String name) throws WireException {
    return required(name, String.class, "a text");
  }

  /** Null if it is nil or absent. */
  String textOrNull(String name) throws WireException {
    return optional(name, String.class, "a text");
  }

  String text(String name, String otherwise) throws WireException {
    String text = textOrNull(name);
    return text == null ? otherwise : text;
  }

  long number(String name) throws WireException {
    return required(name, Long.class, "a whole number");
  }

  /** Null if it is nil or absent. */
  Long numberOrNull(String name) throws WireException {
    return optional(name, Long.class, "a whole number");
  }

  int count(String name) throws WireException {
    long number = number(name);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new WireException(field(name) + " is out of range: " + number);
    }
    return (int) number;
  }

  boolean truth(String name) throws WireException {
    return required(name, Boolean.class, "true or false");
  }

  byte[] bytes(String name) throws WireException {
    return required(name, byte[].class, "bytes");
  }

  /** Null if it is nil or absent. */
  byte[] bytesOrNull(String name) throws WireException {
    return optional(name, byte[].class, "bytes");
  }

  List<String> texts(String name) throws WireException {
    List<String> texts = new ArrayList<>();
    for (Object each : required(name, List.class, "a list")) {
      if (!(each instanceof String text)) {
        throw new WireException(field(name) + " must be a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  List<Fields> maps(String name) throws WireException {
    List<Fields> maps = new ArrayList<>();
    for (Object each : required(name, List.class, "a list")) {
      if (!(each instanceof Map<?, ?>)) {
        throw new WireException(field(name) + " must be a list of maps");
      }
      @SuppressWarnings("unchecked") // Packed makes no others
      Map<String, Object> map = (Map<String, Object>) each;
      maps.add(new Fields(map, what + "." + name));
    }
    return maps;
  }

  private <T> T required(String name, Class<T> type, String description) throws WireException {
    T value = optional(name, type, description);
    if (value == null) {
      throw new WireException(field(name) + " is missing: it must be " + description);
    }
    return value;
  }

  private <T> T optional(String name, Class<T> type, String description) throws WireException {
    Object value = values.get(name);
    if (value != null && !type.isInstance(value)) {
      throw new WireException(
          field(name)
              + " must be "
              + description
              + ", not "
              + (value instanceof byte[] ? "bytes" : value.getClass().getSimpleName()));
    }
    return type.cast(value);
  }

  private String field(String name) {
    return what + ": field '" + name + "'";
  }
}
