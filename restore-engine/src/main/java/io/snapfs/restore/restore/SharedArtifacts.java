package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Owns the artifacts that a daemon serves: restores of equal content of one name share one {@link
 * ServedArtifact}. One that nobody has used for a minute is closed. Safe for use by many threads;
 * its monitor guards the table, and nothing waits under it but the opening of files.
 */
public final class SharedArtifacts implements AutoCloseable {
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ChunkCache cache;
  private final Filling filling;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean closed;

  private static final class Entry {
    final Store store;
    final ServedArtifact artifact;
    int users;
    long idleSince;

    Entry(Store store, ServedArtifact artifact) {
      this.store = store;
      this.artifact = artifact;
    }

    void close() throws IOException {
      try (store) {
        artifact.close();
      }
    }
  }

  /** The use of an artifact. Closing it ends the use. Idempotent. */
  public final class Lease implements AutoCloseable {
    private final Entry entry;
    private boolean ended;

    private Lease(Entry entry) {
      this.entry = entry;
    }

    /** The artifact. */
    public ServedArtifact artifact() {
      return entry.artifact;
    }

    @Override
    public void close() throws IOException {
      synchronized (SharedArtifacts.this) {
        if (ended) {
          return;
        }
        ended = true;
        entry.users--;
        entry.idleSince = System.nanoTime();
      }
      closeIdle();
    }
  }

  /**
   * @param cache for the chunks of all artifacts; stays the caller's, to be closed after this
   */
  public SharedArtifacts(ChunkCache cache, Filling filling) {
    this.cache = cache;
    this.filling = filling;
  }

  /**
   * Opens an artifact as it is named now, or shares it.
   *
   * @param directory of the store
   */
  public Lease lease(Path directory, ArtifactRef ref) throws IOException {
    Store store = Store.open(directory);
    OpenArtifact open = null;
    boolean taken = false;
    try {
      open = store.openArtifact(ref);
      // With the name, since the mount shows artifacts by their names.
      String key =
          String.join(
              " ",
              store.location(),
              ref.toString(),
              HexFormat.of().formatHex(open.manifest().contentId()));
      synchronized (this) {
        Entry entry = entries.get(key);
        if (closed) {
          throw new IOException("the daemon ends");
        }
        if (entry == null || entry.artifact.isBroken()) {
          taken = true;
          ServedArtifact artifact = ServedArtifact.shared(store, cache, ref, filling, open);
          entry = new Entry(store, artifact);
          retire(entries.put(key, entry));
        }
        entry.users++;
        return new Lease(entry);
      }
    } finally {
      if (!taken) {
        if (open != null) {
          open.close();
        }
        store.close();
      }
    }
  }

  /** One that must not be used any more is closed when its last user goes. */
  private void retire(Entry broken) {
    if (broken != null) {
      entries.put("retired " + System.identityHashCode(broken), broken);
    }
  }

  /** Closes what nobody has used for a while. */
  public void closeIdle() throws IOException {
    close(IDLE_NANOS);
  }

  /** Closes all; nobody may use one any more. Idempotent. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    close(0);
  }

  private void close(long idleFor) throws IOException {
    List<Entry> idle = new ArrayList<>();
    long now = System.nanoTime();
    synchronized (this) {
      for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
        Entry entry = all.next();
        if (entry.users == 0 && now - entry.idleSince >= idleFor) {
          all.remove();
          idle.add(entry);
        }
      }
    }
    for (Entry entry : idle) {
      entry.close();
    }
  }
}
