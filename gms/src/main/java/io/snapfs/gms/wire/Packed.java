package io.snapfs.gms.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * MessagePack of the values that the protocol uses: maps with text keys, lists, text, whole
 * numbers, truth values, bytes, nil. In Java: {@code Map}, {@code List}, {@code String}, {@code
 * Long}, {@code Boolean}, {@code byte[]}, null; a real number comes out as {@code Double}, to be
 * refused by whoever wants another type.
 */
final class Packed {
  private static final int MOST_DEPTH = 8;

  private final byte[] bytes;
  private final MessageUnpacker in;
  private int valuesLeft;

  private Packed(byte[] bytes, MessageUnpacker in, int mostValues) {
    this.bytes = bytes;
    this.in = in;
    this.valuesLeft = mostValues;
  }

  /**
   * Takes a map apart, which must be all of the bytes.
   *
   * @param mostValues how many values it may have, those in lists and maps counted
   */
  static Map<String, Object> read(byte[] bytes, int mostValues) throws WireException {
    try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
      Object value = new Packed(bytes, in, mostValues).value(0);
      if (in.getTotalReadBytes() != bytes.length) {
        throw new WireException(
            "the message ends at byte "
                + in.getTotalReadBytes()
                + " and its frame at byte "
                + bytes.length);
      }
      if (!(value instanceof Map<?, ?>)) {
        throw new WireException("the message is not a map");
      }
      @SuppressWarnings("unchecked") // value() makes no others
      Map<String, Object> map = (Map<String, Object>) value;
      return map;
    } catch (WireException e) {
      throw e;
    } catch (IOException | MessagePackException e) {
      throw new WireException("the message is not MessagePack: " + e, e);
    }
  }

  private Object value(int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw new WireException("the message is nested more than " + MOST_DEPTH + " deep");
    }
    if (valuesLeft-- == 0) {
      throw new WireException("the message has too many values");
    }
    return switch (in.getNextFormat().getValueType()) {
      case NIL -> {
        in.unpackNil();
        yield null;
      }
      case BOOLEAN -> in.unpackBoolean();
      case INTEGER -> in.unpackLong();
      case FLOAT -> in.unpackDouble();
      case STRING -> text();
      case BINARY -> payload(in.unpackBinaryHeader());
      case ARRAY -> list(depth);
      case MAP -> map(depth);
      case EXTENSION -> throw new WireException("the message has an extension type");
    };
  }

  private List<Object> list(int depth) throws IOException {
    int count = fits(in.unpackArrayHeader());
    List<Object> list = new ArrayList<>(Math.min(count, valuesLeft));
    for (int i = 0; i < count; i++) {
      list.add(value(depth + 1));
    }
    return list;
  }

  private Map<String, Object> map(int depth) throws IOException {
    int count = fits(in.unpackMapHeader());
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String key = text();
      Object value = value(depth + 1);
      if (map.containsKey(key)) {
        throw new WireException("field '" + key + "' is there twice");
      }
      map.put(key, value);
    }
    return map;
  }

  private String text() throws IOException {
    byte[] encoded = payload(in.unpackRawStringHeader());
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(encoded)).toString();
    } catch (CharacterCodingException e) {
      throw new WireException("a text is not UTF-8", e);
    }
  }

  /** Bytes, for which memory is taken only if they are there. */
  private byte[] payload(int length) throws IOException {
    return in.readPayload(fits(length));
  }

  /** Of a length: as many bytes are left, and each element has one at least. */
  private int fits(int length) throws WireException {
    if (length < 0 || length > bytes.length - in.getTotalReadBytes()) {
      throw new WireException("a length of " + length + " goes beyond the end of the message");
    }
    return length;
  }

  /** Packs a map. */
  static byte[] write(Map<String, Object> map) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      put(out, map);
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError("packing into memory fails", e);
    }
  }

  private static void put(MessageBufferPacker out, Object value) throws IOException {
    if (value == null) {
      out.packNil();
    } else if (value instanceof Boolean truth) {
      out.packBoolean(truth);
    } else if (value instanceof Integer number) {
      out.packInt(number);
    } else if (value instanceof Long number) {
      out.packLong(number);
    } else if (value instanceof String text) {
      out.packString(text);
    } else if (value instanceof byte[] raw) {
      out.packBinaryHeader(raw.length).addPayload(raw);
    } else if (value instanceof List<?> list) {
      out.packArrayHeader(list.size());
      for (Object each : list) {
        put(out, each);
      }
    } else if (value instanceof Map<?, ?> map) {
      out.packMapHeader(map.size());
      for (Map.Entry<?, ?> each : map.entrySet()) {
        put(out, each.getKey());
        put(out, each.getValue());
      }
    } else {
      throw new IllegalArgumentException("no type of the protocol: " + value.getClass());
    }
  }
}
