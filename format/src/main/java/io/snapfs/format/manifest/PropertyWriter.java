package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Collects labels and provenance; a later value for a key replaces the earlier one. */
final class PropertyWriter {
  private final Map<String, String> labels = new TreeMap<>();
  private final Map<String, String> provenance = new TreeMap<>();

  void label(String key, String value) {
    check(key, value);
    labels.put(key, value);
  }

  void provenance(String key, String value) {
    check(key, value);
    provenance.put(key, value);
  }

  private static void check(String key, String value) {
    int keyLength = utf8(key).length;
    int valueLength = utf8(value).length;
    if (keyLength == 0 || keyLength > Limits.MAX_PROPERTY_KEY) {
      throw new IllegalArgumentException(
          "the key of a label or property must have 1 to "
              + Limits.MAX_PROPERTY_KEY
              + " bytes, not "
              + keyLength);
    }
    if (valueLength > Limits.MAX_PROPERTY_VALUE) {
      throw new IllegalArgumentException(
          "the value of '"
              + Names.display(utf8(key))
              + "' has "
              + valueLength
              + " bytes, the limit is "
              + Limits.MAX_PROPERTY_VALUE);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  void writeTo(Spills spills) throws IOException {
    if (labels.size() + provenance.size() > Limits.MAX_PROPERTIES) {
      throw new IllegalArgumentException(
          "more than " + Limits.MAX_PROPERTIES + " labels and properties");
    }
    write(spills, PropertyTable.LABEL, labels);
    write(spills, PropertyTable.PROVENANCE, provenance);
    if (spills.bytes(SectionType.PROPERTY_BYTES).length() > Limits.MAX_PROPERTY_TOTAL) {
      throw new IllegalArgumentException(
          "the labels and properties exceed " + Limits.MAX_PROPERTY_TOTAL + " bytes");
    }
  }

  private static void write(Spills spills, int kind, Map<String, String> map) throws IOException {
    SpillFile bytes = spills.bytes(SectionType.PROPERTY_BYTES);
    for (Map.Entry<String, String> property : map.entrySet()) {
      byte[] key = utf8(property.getKey());
      byte[] value = utf8(property.getValue());
      PropertyTable.append(
          spills.table(SectionType.PROPERTIES),
          kind,
          bytes.append(key),
          key.length,
          bytes.append(value),
          value.length);
    }
  }
}
