package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Owns the mounts from which CRIU reads the large images of an artifact, one for each transport,
 * shared by the restores that go on at the same time. Kept mounts stay when nobody uses them: what
 * CRIU has read is in the kernel's page cache then, and the next restore reads it there. Safe for
 * use by many threads; its monitor is held while one mounts, since the others need that mount too.
 */
final class ImagesMounts implements AutoCloseable {
  private final Store store;
  private final ChunkCache cache;
  private final boolean kept;
  private final Map<Transport, Entry> entries = new HashMap<>();

  private static final class Entry {
    final ImagesMount mount;
    int users;

    Entry(ImagesMount mount) {
      this.mount = mount;
    }
  }

  /** The use of a mount. Closing it ends the use. Idempotent. */
  final class Use implements AutoCloseable {
    private final Transport transport;
    private final Entry entry;
    private boolean ended;

    private Use(Transport transport, Entry entry) {
      this.transport = transport;
      this.entry = entry;
    }

    /** Where the tree of an artifact is seen. */
    Path of(ArtifactRef ref) {
      return entry.mount.of(ref);
    }

    @Override
    public void close() throws IOException {
      synchronized (ImagesMounts.this) {
        if (ended) {
          return;
        }
        ended = true;
        entry.users--;
        if (kept || entry.users > 0) {
          return;
        }
        entries.remove(transport, entry);
      }
      entry.mount.close();
    }
  }

  /**
   * @param kept whether mounts stay until this is closed
   */
  ImagesMounts(Store store, ChunkCache cache, boolean kept) {
    this.store = store;
    this.cache = cache;
    this.kept = kept;
  }

  /** Uses a mount that answers. */
  synchronized Use use(Transport transport) throws IOException {
    Entry entry = entries.get(transport);
    if (entry == null) {
      entry = new Entry(ImagesMount.start(store, cache, transport));
      entries.put(transport, entry);
    }
    entry.users++;
    return new Use(transport, entry);
  }

  /** Unmounts; nobody may use one any more. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    IOException failure = null;
    for (Entry entry : entries.values()) {
      try {
        entry.mount.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    entries.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
