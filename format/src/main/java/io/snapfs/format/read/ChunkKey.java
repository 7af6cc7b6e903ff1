package io.snapfs.format.read;

/**
 * Identity of stored bytes within a process: which pack, where in it, and what they must be. The
 * last part keeps a manifest that lies about a chunk from being given, or from giving others, what
 * belongs to one that doesn't.
 *
 * <p>A key that was put into a map must not be changed. The setter lets one thread look up any
 * number of keys with a single object.
 */
final class ChunkKey {
  private long position;
  private long stamp;

  ChunkKey() {}

  private ChunkKey(long position, long stamp) {
    this.position = position;
    this.stamp = stamp;
  }

  /**
   * @param pack number that the cache gave to the pack
   * @param offset of the stored bytes, below 4 GiB
   * @param crc32c of the stored bytes
   * @param plainLength at most 4 MiB
   * @param codec number of the codec, one byte
   */
  void set(int pack, long offset, int crc32c, int plainLength, int codec) {
    position = (long) pack << 32 | offset;
    stamp = (long) crc32c << 32 | (long) plainLength << 8 | codec;
  }

  /** A key of its own, for a map. */
  ChunkKey copy() {
    return new ChunkKey(position, stamp);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChunkKey key && position == key.position && stamp == key.stamp;
  }

  @Override
  public int hashCode() {
    long mixed = (position ^ stamp >>> 32) * 0x9E3779B97F4A7C15L; // 2^64 / golden ratio
    return (int) (mixed >>> 32);
  }
}
