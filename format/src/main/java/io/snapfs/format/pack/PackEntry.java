package io.snapfs.format.pack;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import io.snapfs.format.codec.Codec;
import java.nio.ByteBuffer;

/** One entry of a pack's index, 64 bytes at some base in a little-endian buffer. */
final class PackEntry {
  static final int LENGTH = 64;

  private static final int ID_OFFSET = 0;
  private static final int OFFSET_OFFSET = 32;
  private static final int STORED_OFFSET = 40;
  private static final int PLAIN_OFFSET = 44;
  private static final int CRC_OFFSET = 48;
  private static final int CODEC_OFFSET = 52;

  private PackEntry() {}

  static void write(ByteBuffer buffer, int base, ChunkId id, ChunkLocation location) {
    buffer.put(base, new byte[LENGTH]);
    id.write(buffer, base + ID_OFFSET);
    buffer.putLong(base + OFFSET_OFFSET, location.offset());
    buffer.putInt(base + STORED_OFFSET, location.storedLength());
    buffer.putInt(base + PLAIN_OFFSET, location.plainLength());
    buffer.putInt(base + CRC_OFFSET, location.crc32c());
    buffer.put(base + CODEC_OFFSET, (byte) location.codec());
  }

  static ChunkId id(ByteBuffer buffer, int base) {
    return ChunkId.read(buffer, base + ID_OFFSET);
  }

  static int compareId(ChunkId id, ByteBuffer buffer, int base) {
    return id.compareTo(buffer, base + ID_OFFSET);
  }

  /** The first eight bytes of the id, as {@link ChunkId#fingerprint}. */
  static long fingerprint(ByteBuffer buffer, int base) {
    return buffer.getLong(base + ID_OFFSET);
  }

  /** Orders the ids of two entries as the index is sorted. */
  static int compareIds(ByteBuffer buffer, int base, int otherBase) {
    for (int i = ID_OFFSET; i < ID_OFFSET + ChunkId.LENGTH; i += Long.BYTES) {
      long word = Long.reverseBytes(buffer.getLong(base + i));
      long other = Long.reverseBytes(buffer.getLong(otherBase + i));
      if (word != other) {
        return Long.compareUnsigned(word, other);
      }
    }
    return 0;
  }

  static long offset(ByteBuffer buffer, int base) {
    return buffer.getLong(base + OFFSET_OFFSET);
  }

  static int storedLength(ByteBuffer buffer, int base) {
    return buffer.getInt(base + STORED_OFFSET);
  }

  static ChunkLocation location(ByteBuffer buffer, int base) {
    return new ChunkLocation(
        offset(buffer, base),
        storedLength(buffer, base),
        buffer.getInt(base + PLAIN_OFFSET),
        buffer.getInt(base + CRC_OFFSET),
        codec(buffer, base));
  }

  private static int codec(ByteBuffer buffer, int base) {
    return Byte.toUnsignedInt(buffer.get(base + CODEC_OFFSET));
  }

  /**
   * Checks all fields of one entry but the order of ids.
   *
   * @param dataEnd where the data region of the pack ends
   * @param position of the entry in the file, for messages
   */
  static void check(ByteBuffer buffer, int base, long dataEnd, String resource, long position)
      throws SnapfsException {
    int stored = storedLength(buffer, base);
    int plain = buffer.getInt(base + PLAIN_OFFSET);
    if (plain < 1 || plain > Limits.MAX_CHUNK || stored < 1 || stored > plain) {
      throw new CorruptException(
          resource,
          position,
          String.format(
              "chunk of %s bytes, stored in %s",
              Integer.toUnsignedString(plain), Integer.toUnsignedString(stored)));
    }
    long offset = offset(buffer, base);
    if (offset < PackHeader.LENGTH || offset > dataEnd - stored) {
      throw new CorruptException(
          resource,
          position,
          String.format(
              "chunk of %d stored bytes at offset %s, outside of %d to %d",
              stored, Long.toUnsignedString(offset), PackHeader.LENGTH, dataEnd));
    }
    int codec = codec(buffer, base);
    if (Codec.of(codec) == null) {
      throw new TooNewException(resource, "a chunk is stored with codec " + codec);
    }
    if (codec == Codec.RAW.number() && stored != plain) {
      throw new CorruptException(
          resource, position, "raw chunk of " + plain + " bytes, stored in " + stored);
    }
  }
}
