package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Section PROPERTIES: labels that users gave, and the provenance of the artifact.
 *
 * <pre>
 * 0      4            8            12             16             20         24
 * +------+------------+------------+--------------+--------------+----------+
 * | kind | key offset | key length | value offset | value length | reserved |
 * +------+------------+------------+--------------+--------------+----------+
 * </pre>
 */
final class PropertyTable {
  static final int LABEL = 1;
  static final int PROVENANCE = 2;

  private static final int KIND = 0;
  private static final int KEY_OFFSET = 4;
  private static final int KEY_LENGTH = 8;
  private static final int VALUE_OFFSET = 12;
  private static final int VALUE_LENGTH = 16;

  private final SectionTable table;
  private final ByteRange bytes;
  private final Map<String, String> labels = new TreeMap<>();
  private final Map<String, String> provenance = new TreeMap<>();

  /** Reads and checks all properties: they are few. */
  PropertyTable(SectionTable table, ByteRange bytes) throws CorruptException {
    this.table = table;
    this.bytes = bytes;
    if (table.count() > Limits.MAX_PROPERTIES) {
      throw new CorruptException(
          table.resource(),
          table.position(0, 0),
          table.count() + " properties, the limit is " + Limits.MAX_PROPERTIES);
    }
    long total = 0;
    for (long i = 0; i < table.count(); i++) {
      total += table.u32(i, KEY_LENGTH) + table.u32(i, VALUE_LENGTH);
      if (total > Limits.MAX_PROPERTY_TOTAL) {
        throw table.lie(
            i, KEY_LENGTH, "the properties exceed " + Limits.MAX_PROPERTY_TOTAL + " bytes");
      }
      read(i);
    }
  }

  private void read(long property) throws CorruptException {
    String key = text(property, KEY_OFFSET, KEY_LENGTH, 1, Limits.MAX_PROPERTY_KEY);
    String value = text(property, VALUE_OFFSET, VALUE_LENGTH, 0, Limits.MAX_PROPERTY_VALUE);
    int kind = table.i32(property, KIND);
    Map<String, String> map =
        kind == LABEL ? labels : kind == PROVENANCE ? provenance : new TreeMap<>();
    if (map.put(key, value) != null) {
      throw table.lie(
          property,
          KEY_OFFSET,
          "a second property '" + Names.display(key.getBytes(StandardCharsets.UTF_8)) + "'");
    }
  }

  private String text(long property, int offsetField, int lengthField, int least, int most)
      throws CorruptException {
    long length = table.u32(property, lengthField);
    long offset = table.u32(property, offsetField);
    if (length < least || length > most) {
      throw table.lie(
          property, lengthField, "a length of " + length + ", expected " + least + " to " + most);
    }
    bytes.check(table, property, offsetField, offset, length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.get(offset, (int) length)))
          .toString();
    } catch (CharacterCodingException e) {
      throw table.lie(property, offsetField, "a text that is not UTF-8");
    }
  }

  static void append(
      SpillTable table, int kind, long keyOffset, int keyLength, long valueOffset, int valueLength)
      throws IOException {
    long property = table.append();
    table.put32(property, KIND, kind);
    table.put32(property, KEY_OFFSET, (int) keyOffset);
    table.put32(property, KEY_LENGTH, keyLength);
    table.put32(property, VALUE_OFFSET, (int) valueOffset);
    table.put32(property, VALUE_LENGTH, valueLength);
  }

  Map<String, String> labels() {
    return Collections.unmodifiableMap(labels);
  }

  Map<String, String> provenance() {
    return Collections.unmodifiableMap(provenance);
  }
}
