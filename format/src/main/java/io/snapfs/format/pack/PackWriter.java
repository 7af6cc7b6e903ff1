package io.snapfs.format.pack;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.codec.Codec;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes one pack. Owns the {@link BlobWriter}, except that {@link BlobWriter#publish} is up to the
 * caller, after {@link #finish}: closing without it discards the pack. Thread-confined.
 *
 * <p>Chunks are gathered in a buffer and handed on a megabyte at a time. The index is held in
 * memory until the end: about 150 bytes for each chunk, of which there are at most {@link
 * #FULL_COUNT} or as many as the caller puts behind {@link #isFull}.
 */
public final class PackWriter implements AutoCloseable {
  /** A pack with this many chunks is full, so that its index fits in 16 MiB. */
  static final int FULL_COUNT = 1 << 18;

  private static final int BUFFER = 1 << 20;

  private final BlobWriter out;
  private final PackId id;
  private final ByteBuffer buffer = PageAligned.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<ChunkId, ChunkLocation> entries = new HashMap<>();

  /** Bytes of the pack so far, those in the buffer included. */
  private long length;

  /** False once the pack is finished, and after a write failed, since bytes are missing then. */
  private boolean usable = true;

  /**
   * @param out empty, under the key of {@code id}
   */
  public PackWriter(BlobWriter out, PackId id) {
    this.out = out;
    this.id = id;
    PackHeader.write(buffer, id);
    buffer.position(PackHeader.LENGTH);
    length = PackHeader.LENGTH;
  }

  public PackId id() {
    return id;
  }

  /**
   * Appends one chunk.
   *
   * @param id must be new to this pack
   * @param stored its remaining bytes are what is stored; its position is not touched
   * @param plainLength bytes before encoding
   * @param codec number of FORMAT.md 3.1
   * @return where the chunk lies
   */
  public ChunkLocation append(ChunkId id, ByteBuffer stored, int plainLength, int codec)
      throws IOException {
    int storedLength = stored.remaining();
    checkAppend(id, storedLength, plainLength, codec);
    int crc = Crc32c.of(stored, stored.position(), storedLength);
    ChunkLocation location = new ChunkLocation(length, storedLength, plainLength, crc, codec);
    usable = false;
    write(stored.duplicate());
    entries.put(id, location);
    usable = true;
    return location;
  }

  private void checkAppend(ChunkId id, int storedLength, int plainLength, int codec) {
    checkUsable();
    if (plainLength < 1
        || plainLength > Limits.MAX_CHUNK
        || storedLength < 1
        || storedLength > plainLength
        || Codec.of(codec) == null
        || (codec == Codec.RAW.number() && storedLength != plainLength)) {
      throw new IllegalArgumentException(
          "chunk of " + plainLength + " bytes, stored in " + storedLength + " with codec " + codec);
    }
    if (entries.containsKey(id)) {
      throw new IllegalArgumentException("chunk " + id + " is in the pack already");
    }
    long index = (entries.size() + 1L) * PackEntry.LENGTH;
    long whole = aligned(length + storedLength) + index + PackFooter.LENGTH;
    if (whole > Limits.MAX_PACK || entries.size() >= Limits.MAX_PACK_ENTRIES) {
      throw new IllegalStateException(
          "the pack would have " + whole + " bytes, " + entries.size() + " chunks; see isFull()");
    }
  }

  private void checkUsable() {
    if (!usable) {
      throw new IllegalStateException("the pack is finished, or a write to it failed");
    }
  }

  /** Bytes of the pack so far, without index and footer. */
  public long length() {
    return length;
  }

  /** Chunks so far. */
  public int count() {
    return entries.size();
  }

  /** True if it is time to finish this pack and begin another. */
  public boolean isFull() {
    return length >= Limits.PACK_TARGET || entries.size() >= FULL_COUNT;
  }

  /**
   * Writes index and footer. What remains to be done is to publish the blob.
   *
   * @return length of the whole file in bytes
   */
  public long finish() throws IOException {
    checkUsable();
    usable = false;
    write(ByteBuffer.allocate((int) (aligned(length) - length)));
    long indexOffset = length;
    ByteBuffer index =
        ByteBuffer.allocate(entries.size() * PackEntry.LENGTH + PackFooter.LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    List<Map.Entry<ChunkId, ChunkLocation>> sorted = new ArrayList<>(entries.entrySet());
    sorted.sort(Map.Entry.comparingByKey());
    for (Map.Entry<ChunkId, ChunkLocation> entry : sorted) {
      PackEntry.write(index, at, entry.getKey(), entry.getValue());
      at += PackEntry.LENGTH;
    }
    int crc = Crc32c.of(index, 0, at);
    long whole = indexOffset + index.capacity();
    new PackFooter(indexOffset, entries.size(), crc, id, whole).write(index, at);
    write(index);
    flush();
    return length;
  }

  private static long aligned(long offset) {
    return (offset + PackEntry.LENGTH - 1) & -PackEntry.LENGTH;
  }

  private void write(ByteBuffer source) throws IOException {
    length += source.remaining();
    int end = source.limit();
    while (source.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      source.limit(Math.min(end, source.position() + buffer.remaining()));
      buffer.put(source);
      source.limit(end);
    }
  }

  private void flush() throws IOException {
    out.write(buffer.flip());
    buffer.clear();
  }

  /** Discards the pack unless the blob was published. Idempotent. */
  @Override
  public void close() throws IOException {
    out.close();
  }
}
