package io.snapfs.format.store;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.Sha256Hash;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.pack.PackFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads stored chunks, many at a time, and checks them: the checksum, and unless it is to be quick
 * also that they decode to the bytes that their id names. Thread-confined; owns buffers and native
 * contexts.
 */
final class ChunkCheck implements AutoCloseable {
  /** Told of every chunk that is damaged or can't be read. */
  interface Finding {
    void found(ChunkId id, ChunkLocation location, IOException e);
  }

  /** Longest run of stored bytes that is read at once; longer than any chunk. */
  static final int SPAN_BYTES = 2 * Limits.MAX_CHUNK;

  private final boolean quick;
  private final ChunkDecoder decoder;
  private final Sha256Hash hash = new Sha256Hash();
  private ByteBuffer stored = ByteBuffer.allocateDirect(0);
  private ByteBuffer plain = ByteBuffer.allocateDirect(0);

  ChunkCheck(boolean quick) {
    this.quick = quick;
    decoder = quick ? null : new ChunkDecoder();
  }

  /** Checks chunks that lie within {@link #SPAN_BYTES}. */
  void check(PackFile pack, StoredChunks chunks, int from, int to, Finding finding)
      throws IOException {
    long begin = chunks.location(from).offset();
    int length = (int) (end(chunks, to - 1) - begin);
    stored = atLeast(stored, length);
    boolean read = readSpan(pack, begin, length);
    for (int i = from; i < to; i++) {
      ChunkId id = chunks.id(i);
      ChunkLocation location = chunks.location(i);
      try {
        int at = read ? (int) (location.offset() - begin) : readOne(pack, location);
        check(pack.describe(), id, location, stored.slice(at, location.storedLength()));
      } catch (IOException e) {
        finding.found(id, location, e);
      }
    }
  }

  /** Small stores are checked with small buffers. */
  private static ByteBuffer atLeast(ByteBuffer buffer, int capacity) {
    return buffer.capacity() >= capacity
        ? buffer
        : ByteBuffer.allocateDirect(Math.max(2 * buffer.capacity(), capacity));
  }

  static long end(StoredChunks chunks, int i) throws IOException {
    ChunkLocation location = chunks.location(i);
    return location.offset() + location.storedLength();
  }

  /** False if a part of it can't be read; then chunk by chunk it turns out which. */
  private boolean readSpan(PackFile pack, long begin, int length) {
    try {
      pack.readStored(begin, stored.clear().limit(length));
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      stored.clear();
    }
  }

  private int readOne(PackFile pack, ChunkLocation location) throws IOException {
    pack.readStored(location.offset(), stored.clear().limit(location.storedLength()));
    stored.clear();
    return 0;
  }

  private void check(String resource, ChunkId id, ChunkLocation location, ByteBuffer bytes)
      throws IOException {
    if (quick) {
      int crc = Crc32c.of(bytes, 0, bytes.limit());
      if (crc != location.crc32c()) {
        throw new CorruptException(
            resource,
            location.offset(),
            String.format(
                "checksum of the stored chunk is %08x, expected %08x", crc, location.crc32c()));
      }
      return;
    }
    plain = atLeast(plain, location.plainLength());
    plain.clear().limit(location.plainLength());
    decoder.decode(resource, location.codec(), location.crc32c(), location.offset(), bytes, plain);
    ChunkId found = hash.idOf(plain.position(0).limit(location.plainLength()));
    if (!found.equals(id)) {
      throw new CorruptException(
          resource, location.offset(), "the chunk decodes to " + found + ", expected " + id);
    }
  }

  @Override
  public void close() {
    if (decoder != null) {
      decoder.close();
    }
  }
}
