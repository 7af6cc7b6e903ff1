package io.snapfs.format.write;

import io.snapfs.format.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The chunks that the artifact being packed has so far: chunk id to chunk index. The ids themselves
 * lie in a mapped scratch file, so that the heap holds 18 bytes a chunk. Safe for use by many
 * threads.
 */
final class SessionIds implements AutoCloseable {
  private static final int PER_SEGMENT = 1 << 16;
  private static final int SEGMENT = PER_SEGMENT * ChunkId.LENGTH;

  private final FileChannel file;
  private final List<MappedByteBuffer> segments = new ArrayList<>();
  private final FingerprintTable table = new FingerprintTable(1 << 12);
  private int count;

  SessionIds(Path scratch) throws IOException {
    file =
        FileChannel.open(
            scratch.resolve("session-ids"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
  }

  /** Index of the chunk, or -1. */
  synchronized int find(ChunkId id) {
    byte[] wanted = id.toBytes();
    return table.find(id.fingerprint(), index -> matches(index, wanted));
  }

  /** Adds a chunk that is not there yet; its index is the number of chunks added before. */
  synchronized int add(ChunkId id) throws IOException {
    if (count % PER_SEGMENT == 0) {
      long position = (long) segments.size() * SEGMENT;
      segments.add(file.map(FileChannel.MapMode.READ_WRITE, position, SEGMENT));
    }
    segments.get(count / PER_SEGMENT).put(offset(count), id.toBytes());
    table.add(id.fingerprint(), count);
    return count++;
  }

  private boolean matches(int index, byte[] wanted) {
    ByteBuffer segment = segments.get(index / PER_SEGMENT);
    return ByteBuffer.wrap(wanted).equals(segment.slice(offset(index), ChunkId.LENGTH));
  }

  private static int offset(int index) {
    return index % PER_SEGMENT * ChunkId.LENGTH;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
