package io.snapfs.format.store;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.manifest.ManifestRelocation.PackEntry;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.pack.PackIndex;
import io.snapfs.format.pack.PackWriter;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies the live chunks of packs into new packs, as they are stored and in the same order; a chunk
 * that several packs hold is copied once. Owns the new pack that is being written. Thread-confined.
 */
final class ChunkCopier implements AutoCloseable {
  private record Place(int pack, long offset) {}

  private final Store store;
  private final WriteSession session;
  private final List<PackEntry> newPacks = new ArrayList<>();
  private final Map<ChunkId, Place> copied = new HashMap<>();
  private final ByteBuffer buffer = PageAligned.allocate(Limits.MAX_CHUNK);
  private PackId current;
  private BlobWriter blob;
  private PackWriter writer;

  ChunkCopier(Store store, WriteSession session) {
    this.store = store;
    this.session = session;
  }

  /**
   * Copies a pack.
   *
   * @throws UnreadableException if it can't be read as a whole; other packs can still be copied
   */
  MovedPack copy(PackEntries entries) throws IOException, UnreadableException {
    MovedPack moved = new MovedPack(entries);
    PackIndex index;
    PackFile source;
    try {
      index = store.openIndex(entries.id());
      source = store.openPack(entries.id(), -1);
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
    try (source) {
      int[] order = PackEntries.byOffset(index);
      for (int i = 0; i < order.length; i++) {
        if (entries.isLive(i)) {
          copy(source, index.id(order[i]), index.location(order[i]), moved, i);
        }
      }
    }
    return moved;
  }

  private void copy(PackFile source, ChunkId id, ChunkLocation location, MovedPack moved, int entry)
      throws IOException, UnreadableException {
    Place place = copied.get(id);
    if (place == null) {
      read(source, location);
      openWriter();
      long offset = writer.append(id, buffer, location.plainLength(), location.codec()).offset();
      place = new Place(newPacks.size(), offset);
      copied.put(id, place);
      if (writer.isFull()) {
        finish();
      }
    }
    moved.move(entry, place.pack(), place.offset());
  }

  private void read(PackFile source, ChunkLocation location) throws UnreadableException {
    try {
      source.readStored(location.offset(), buffer.clear().limit(location.storedLength()));
      int crc = Crc32c.of(buffer, 0, location.storedLength());
      if (crc != location.crc32c()) {
        throw new CorruptException(
            source.describe(),
            location.offset(),
            String.format(
                "checksum of the stored chunk is %08x, expected %08x", crc, location.crc32c()));
      }
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
    buffer.flip();
  }

  private void openWriter() throws IOException {
    if (writer == null) {
      current = PackId.random();
      blob = session.create(current.key());
      writer = new PackWriter(blob, current);
    }
  }

  /** Publishes what has been copied. Places are good from then on. */
  void finish() throws IOException {
    if (writer != null) {
      long length = writer.finish();
      session.pinOwn(current);
      blob.publish(BlobWriter.IfExists.FAIL);
      newPacks.add(new PackEntry(current, length));
      close();
    }
  }

  /** The new packs; their positions are the numbers in {@link MovedPack}. */
  List<PackEntry> newPacks() {
    return newPacks;
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }

  /** A pack can't be read, so it must stay. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
