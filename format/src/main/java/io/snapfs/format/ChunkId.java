package io.snapfs.format;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Identity of a chunk: SHA-256 of its plain bytes. Immutable; compares unsigned bytewise, as pack
 * indexes are sorted.
 */
public final class ChunkId implements Comparable<ChunkId> {
  /** Bytes of an id. */
  public static final int LENGTH = 32;

  private final byte[] bytes;

  private ChunkId(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes over the array, which must not be changed afterwards. */
  public static ChunkId wrap(byte[] sha256) {
    if (sha256.length != LENGTH) {
      throw new IllegalArgumentException(
          "a chunk id has " + LENGTH + " bytes, not " + sha256.length);
    }
    return new ChunkId(sha256);
  }

  /** Copies an id from {@code offset} of a buffer. */
  public static ChunkId read(ByteBuffer buffer, int offset) {
    byte[] bytes = new byte[LENGTH];
    buffer.get(offset, bytes);
    return new ChunkId(bytes);
  }

  /** Writes the id at {@code offset} of a buffer. */
  public void write(ByteBuffer buffer, int offset) {
    buffer.put(offset, bytes);
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /** First eight bytes, little-endian: a uniformly distributed fingerprint for hash tables. */
  public long fingerprint() {
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return value;
  }

  @Override
  public int compareTo(ChunkId other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  /** Compares with the id at {@code offset} of a buffer without making an object of that. */
  public int compareTo(ByteBuffer buffer, int offset) {
    for (int i = 0; i < LENGTH; i++) {
      int difference = (bytes[i] & 0xff) - (buffer.get(offset + i) & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChunkId id && Arrays.equals(bytes, id.bytes);
  }

  @Override
  public int hashCode() {
    return (int) fingerprint();
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
