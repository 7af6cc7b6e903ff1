package io.snapfs.fusefs.tree;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.node.HotFile;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.profile.ChunkTouches;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.read.AfterRead;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.read.OpenFile;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One generation of a name and tag: what it means as long as its content stays the same. Safe for
 * use by many threads.
 *
 * <p>The manifest is mapped and always there. The reader, which holds the packs, is opened when
 * somebody holds a handle and kept for a while after the last one.
 */
final class Artifact {
  private final Store store;
  private final ChunkCache cache;
  private final ArtifactRef ref;
  private final int generation;
  private final byte[] contentId;
  private final Recorder recorder;
  private final FailureLog failures;

  /** Files that were opened, by node, if there is somewhere to materialise them. */
  private final Map<Integer, HotFile> hotFiles = new ConcurrentHashMap<>();

  private volatile Manifest manifest;
  private ArtifactReader reader;
  private int handles;
  private boolean gone;
  private boolean profileIsBad;
  private long idleSince;

  /**
   * @param recorder records what is read, or null
   * @param failures is told of a profile that can't be read
   */
  Artifact(
      Store store,
      ChunkCache cache,
      Recorder recorder,
      FailureLog failures,
      ArtifactRef ref,
      int generation,
      Manifest manifest) {
    this.store = store;
    this.cache = cache;
    this.recorder = recorder;
    this.failures = failures;
    this.ref = ref;
    this.generation = generation;
    this.manifest = manifest;
    this.contentId = manifest.contentId();
  }

  ArtifactRef ref() {
    return ref;
  }

  int generation() {
    return generation;
  }

  Manifest manifest() {
    return manifest;
  }

  boolean hasContentOf(Manifest other) {
    return Arrays.equals(contentId, other.contentId());
  }

  /** gc has moved chunks: what is opened from now on is read from where they are now. */
  synchronized void moved(Manifest rewritten) {
    manifest = rewritten;
    closeReader();
  }

  /**
   * Holds the packs for one handle, to be given back with {@link #release}.
   *
   * @throws MissingException if the artifact is no longer what it was
   */
  synchronized ArtifactReader acquire() throws IOException {
    if (reader == null) {
      reader = openReader();
    }
    handles++;
    return reader;
  }

  private ArtifactReader openReader() throws IOException {
    OpenArtifact opened = store.openArtifact(ref);
    if (!hasContentOf(opened.manifest())) {
      opened.close();
      throw new MissingException("artifact " + ref + " was replaced");
    }
    manifest = opened.manifest();
    return new ArtifactReader(opened, cache, profile(), touches());
  }

  /**
   * Null if there is none, or none that can be read: then reading goes on without, and is told
   * once.
   */
  private Profile profile() {
    if (profileIsBad) {
      return null;
    }
    try {
      return Profiles.find(store, manifest);
    } catch (IOException e) {
      profileIsBad = true;
      failures.log(
          new SnapfsException(e.getMessage() + "; artifact " + ref + " is read without it", e));
      return null;
    }
  }

  private ChunkTouches touches() {
    return recorder == null ? null : recorder.of(ref, contentId, manifest.chunkCount());
  }

  /** Watches a regular file from its first open on; null if that is no use. */
  HotFile watch(Node file, NodeCache node) {
    if (node == null || !NodeCache.isWorthwhile(file)) {
      return null;
    }
    return hotFiles.computeIfAbsent(
        file.index(), index -> node.watch(new ArtifactSource(this, manifest, file)));
  }

  /**
   * Opens a file and holds the packs for one handle, to be given back with {@link #release}: in one
   * step, since a reader that {@link #moved} has closed meanwhile opens nothing.
   *
   * @param index the node's
   * @throws MissingException if the artifact is no longer what it was
   */
  synchronized OpenFile open(int index) throws IOException {
    ArtifactReader from = acquire();
    boolean opened = false;
    try {
      OpenFile file = from.open(index, AfterRead.DROP);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        release();
      }
    }
  }

  /** Gives back what {@link #acquire} or {@link #open} held. */
  synchronized void release() {
    handles--;
    idleSince = System.nanoTime();
    if (gone && handles == 0) {
      closeReader();
    }
  }

  /**
   * The name and tag mean something else now, or nothing.
   *
   * @return true if nobody holds it any more either
   */
  synchronized boolean isUnusedAfterGoing() {
    gone = true;
    if (handles == 0) {
      closeReader();
    }
    return handles == 0;
  }

  /** Closes the packs if nobody has held them for a time. */
  synchronized void closeIfIdle(long nanos) {
    if (handles == 0 && System.nanoTime() - idleSince > nanos) {
      closeReader();
    }
  }

  /** Closes the packs; files that are open go on reading. */
  synchronized void closeReader() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
