package io.snapfs.format.manifest;

import java.util.Arrays;

/**
 * A part of an artifact: the nodes that carry its index.
 *
 * @param name raw bytes, perhaps none
 * @param files regular files
 * @param logicalBytes sum of their sizes
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the array
public record Part(PartType type, byte[] name, long files, long logicalBytes) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Part part
        && type == part.type
        && files == part.files
        && logicalBytes == part.logicalBytes
        && Arrays.equals(name, part.name);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(name) + type.hashCode();
  }

  @Override
  public String toString() {
    return type.label() + " '" + Names.display(name) + "'";
  }
}
