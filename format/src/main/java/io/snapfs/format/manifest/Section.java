package io.snapfs.format.manifest;

/**
 * One entry of the section directory, checked: it lies inside the manifest and overlaps no other.
 *
 * @param type number of the type, perhaps one that this version doesn't know
 * @param entrySize bytes of a record
 * @param offset byte offset in the manifest, a multiple of 8
 * @param length in bytes, {@code entrySize * count}
 * @param count number of records
 */
record Section(int type, int entrySize, long offset, long length, long count) {
  /** Where the next section may begin. */
  static long align(long offset) {
    return (offset + 7) & ~7L;
  }

  long end() {
    return offset + length;
  }
}
