package io.snapfs.format.manifest;

import java.io.IOException;

/**
 * Fixed-width little-endian records, addressed by index and by byte offset of the field in the
 * record: a section of a manifest, or one that is being built.
 */
interface Records {
  long count();

  int u8(long record, int field) throws IOException;

  int u16(long record, int field) throws IOException;

  int i32(long record, int field) throws IOException;

  long i64(long record, int field) throws IOException;

  default long u32(long record, int field) throws IOException {
    return Integer.toUnsignedLong(i32(record, field));
  }
}
