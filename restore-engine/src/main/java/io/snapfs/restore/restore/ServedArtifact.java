package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.restore.pages.PageServer;
import io.snapfs.restore.threads.StandingThreads;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;

/**
 * Owns an artifact that is open for restores, and the page server that they share, which is started
 * when the first one needs it. Safe for use by many threads. Close it after the restores.
 */
public final class ServedArtifact implements AutoCloseable {
  /** One for the files that processes had mapped, one for images. */
  private static final int THREADS_AHEAD = 2;

  private final Store store;
  private final ArtifactRef ref;
  private final Filling filling;
  private final ArtifactReader reader;
  private final ImagesMounts mounts;
  private final StandingThreads threadsAhead = new StandingThreads("snapfs-ahead", THREADS_AHEAD);
  private PageServer pages;

  private ServedArtifact(
      Store store, ArtifactRef ref, Filling filling, ArtifactReader reader, ImagesMounts mounts) {
    this.store = store;
    this.ref = ref;
    this.filling = filling;
    this.reader = reader;
    this.mounts = mounts;
  }

  /**
   * Opens one.
   *
   * @param store stays the caller's, as the cache does; to be closed after this
   */
  public static ServedArtifact open(Store store, ChunkCache cache, ArtifactRef ref, Filling filling)
      throws IOException {
    ImagesMounts mounts = new ImagesMounts(store, cache, false);
    return new ServedArtifact(
        store, ref, filling, new ArtifactReader(store.openArtifact(ref), cache), mounts);
  }

  /**
   * The same for one that is open and for many restores; what they have in common stays between
   * them. The open artifact is taken over, even if this fails.
   */
  static ServedArtifact shared(
      Store store, ChunkCache cache, ArtifactRef ref, Filling filling, OpenArtifact open)
      throws IOException {
    ImagesMounts mounts = new ImagesMounts(store, cache, true);
    return new ServedArtifact(store, ref, filling, new ArtifactReader(open, cache), mounts);
  }

  /** What CRIU reads large images from. */
  ImagesMounts mounts() {
    return mounts;
  }

  /** What reads ahead of CRIU. */
  StandingThreads threadsAhead() {
    return threadsAhead;
  }

  /** Where it is stored. */
  Store store() {
    return store;
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
  public void close() throws IOException {
    PageServer server;
    synchronized (this) {
      server = pages;
    }
    try (reader;
        mounts;
        threadsAhead) {
      if (server != null) {
        server.close();
      }
    }
  }
}
