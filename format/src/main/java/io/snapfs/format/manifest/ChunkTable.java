package io.snapfs.format.manifest;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.TooNewException;
import io.snapfs.format.codec.Codec;
import java.io.IOException;

/**
 * Sections CHUNK_IDS and CHUNK_LOCATIONS: what each chunk is, and where it lies. Each value is
 * checked when it is asked for; nothing but {@link #id} and {@link #location} allocates.
 *
 * <pre>
 * 0                 8      12              16             20       24      25         32
 * +-----------------+------+---------------+--------------+--------+-------+----------+
 * | offset in pack  | pack | stored length | plain length | crc32c | codec | reserved |
 * +-----------------+------+---------------+--------------+--------+-------+----------+
 * </pre>
 */
final class ChunkTable {
  private static final int OFFSET = 0;
  private static final int PACK = 8;
  private static final int STORED_LENGTH = 12;
  private static final int PLAIN_LENGTH = 16;
  private static final int CRC32C = 20;
  private static final int CODEC = 24;

  private final SectionTable ids;
  private final SectionTable table;
  private final PackTable packs;

  ChunkTable(SectionTable ids, SectionTable locations, PackTable packs) throws CorruptException {
    this.ids = ids;
    this.table = locations;
    this.packs = packs;
    if (ids.count() != locations.count()) {
      throw new CorruptException(
          ids.resource(),
          -1,
          ids.count() + " chunk ids, but " + locations.count() + " chunk locations");
    }
  }

  static void append(SpillTable ids, ChunkId id) throws IOException {
    long chunk = ids.append();
    ids.put(chunk, id.toBytes());
  }

  static void append(SpillTable table, int pack, ChunkLocation location) throws IOException {
    long chunk = table.append();
    table.put64(chunk, OFFSET, location.offset());
    table.put32(chunk, PACK, pack);
    table.put32(chunk, STORED_LENGTH, location.storedLength());
    table.put32(chunk, PLAIN_LENGTH, location.plainLength());
    table.put32(chunk, CRC32C, location.crc32c());
    table.put8(chunk, CODEC, location.codec());
  }

  /** Refuses a location that readers would refuse. */
  static void requireValid(ChunkLocation l) {
    if (l.offset() < 0
        || l.storedLength() <= 0
        || l.storedLength() > l.plainLength()
        || l.plainLength() > Limits.MAX_CHUNK
        || Codec.of(l.codec()) == null
        || (l.codec() == Codec.RAW.number() && l.storedLength() != l.plainLength())) {
      throw new IllegalArgumentException("no chunk can be at " + l);
    }
  }

  static int pack(Records records, long chunk) throws IOException {
    return records.i32(chunk, PACK);
  }

  /** Where a chunk's stored bytes end in its pack. */
  static long storedEnd(Records records, long chunk) throws IOException {
    return records.i64(chunk, OFFSET) + records.i32(chunk, STORED_LENGTH);
  }

  static int plainLength(Records records, long chunk) throws IOException {
    return records.i32(chunk, PLAIN_LENGTH);
  }

  int count() {
    return (int) table.count();
  }

  ChunkId id(int chunk) throws CorruptException {
    byte[] id = new byte[ChunkId.LENGTH];
    ids.get(chunk, 0, id);
    return ChunkId.wrap(id);
  }

  /** Eight of the id's bytes, from {@code 8 * word}. */
  long idWord(int chunk, int word) throws CorruptException {
    return ids.i64(chunk, Long.BYTES * word);
  }

  int pack(int chunk) throws CorruptException {
    int pack = table.i32(chunk, PACK);
    if (pack < 0 || pack >= packs.count()) {
      throw table.lie(
          chunk, PACK, "pack " + Integer.toUnsignedString(pack) + ", there are " + packs.count());
    }
    return pack;
  }

  long offset(int chunk) throws CorruptException {
    long offset = table.i64(chunk, OFFSET);
    long length = packs.length(pack(chunk));
    int stored = storedLength(chunk);
    if (offset < 0 || offset > length - stored) {
      throw table.lie(
          chunk,
          OFFSET,
          stored
              + " stored bytes from "
              + Long.toUnsignedString(offset)
              + " in a pack of "
              + length
              + " bytes");
    }
    return offset;
  }

  int storedLength(int chunk) throws CorruptException {
    int stored = table.i32(chunk, STORED_LENGTH);
    int plain = plainLength(chunk);
    if (stored <= 0 || stored > plain) {
      throw table.lie(
          chunk,
          STORED_LENGTH,
          Integer.toUnsignedString(stored) + " stored bytes, expected 1 to " + plain);
    }
    return stored;
  }

  int plainLength(int chunk) throws CorruptException {
    int plain = table.i32(chunk, PLAIN_LENGTH);
    if (plain <= 0 || plain > Limits.MAX_CHUNK) {
      throw table.lie(
          chunk,
          PLAIN_LENGTH,
          Integer.toUnsignedString(plain) + " plain bytes, expected 1 to " + Limits.MAX_CHUNK);
    }
    return plain;
  }

  int crc32c(int chunk) throws CorruptException {
    return table.i32(chunk, CRC32C);
  }

  int codec(int chunk) throws CorruptException, TooNewException {
    int codec = table.u8(chunk, CODEC);
    if (Codec.of(codec) == null) {
      throw new TooNewException(
          table.resource(), "chunk " + chunk + " is stored with codec " + codec);
    }
    if (codec == Codec.RAW.number() && storedLength(chunk) != plainLength(chunk)) {
      throw table.lie(
          chunk,
          STORED_LENGTH,
          "a raw chunk of "
              + plainLength(chunk)
              + " bytes stored in "
              + storedLength(chunk)
              + " bytes");
    }
    return codec;
  }

  ChunkLocation location(int chunk) throws CorruptException, TooNewException {
    return new ChunkLocation(
        offset(chunk), storedLength(chunk), plainLength(chunk), crc32c(chunk), codec(chunk));
  }

  /** The chunk ids' bytes repeat those of an earlier chunk. */
  CorruptException repeated(int chunk, int earlier) throws CorruptException {
    return ids.lie(chunk, 0, "chunk " + chunk + " has the id of chunk " + earlier);
  }
}
