package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.restore.pages.PageServer;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;

/**
 * Owns an artifact that is open for restores, and the page server that they share, which is started
 * when the first one needs it. Safe for use by many threads. Close it after the restores.
 */
public final class ServedArtifact implements AutoCloseable {
  private final Store store;
  private final ChunkCache cache;
  private final ArtifactRef ref;
  private final Filling filling;
  private final ArtifactReader reader;
  private PageServer pages;

  private ServedArtifact(
      Store store, ChunkCache cache, ArtifactRef ref, Filling filling, ArtifactReader reader) {
    this.store = store;
    this.cache = cache;
    this.ref = ref;
    this.filling = filling;
    this.reader = reader;
  }

  /**
   * Opens one.
   *
   * @param store stays the caller's, as the cache does; to be closed after this
   */
  public static ServedArtifact open(Store store, ChunkCache cache, ArtifactRef ref, Filling filling)
      throws IOException {
    return of(store, cache, ref, filling, store.openArtifact(ref));
  }

  /** The same for one that is open; it is taken over, even if this fails. */
  public static ServedArtifact of(
      Store store, ChunkCache cache, ArtifactRef ref, Filling filling, OpenArtifact open)
      throws IOException {
    return new ServedArtifact(store, cache, ref, filling, new ArtifactReader(open, cache));
  }

  Store store() {
    return store;
  }

  ChunkCache cache() {
    return cache;
  }

  /** What it is named. */
  public ArtifactRef ref() {
    return ref;
  }

  /** Reads it. */
  public ArtifactReader reader() {
    return reader;
  }

  /** The page server. */
  synchronized PageServer pages(Timeline timeline) throws IOException {
    if (pages == null) {
      pages =
          timeline.get(
              "start the page server",
              () -> PageServer.open(reader, filling.options(store, ref, reader.manifest())));
    }
    return pages;
  }

  /** Whether it must not be used any more, since its page server has failed. */
  public synchronized boolean isBroken() {
    return pages != null && pages.isBroken();
  }

  /** Kills processes whose memory is not all there. Idempotent. */
  @Override
  public void close() {
    PageServer server;
    synchronized (this) {
      server = pages;
    }
    try (reader) {
      if (server != null) {
        server.close();
      }
    }
  }
}
