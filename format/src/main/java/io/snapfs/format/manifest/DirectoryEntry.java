package io.snapfs.format.manifest;

import java.util.Arrays;

/**
 * One name in a directory.
 *
 * @param name raw bytes, not to be changed
 * @param type of the node, one of the constants of {@link FileType}
 * @param node index of the node
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the array
public record DirectoryEntry(byte[] name, int type, int node) {
  @Override
  public boolean equals(Object other) {
    return other instanceof DirectoryEntry entry
        && type == entry.type
        && node == entry.node
        && Arrays.equals(name, entry.name);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(name) + node;
  }

  @Override
  public String toString() {
    return Names.display(name) + " -> node " + node;
  }
}
