package io.snapfs.format.read;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.profile.ChunkTouches;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.store.OpenArtifact;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Owns an open artifact and reads its files through a {@link ChunkCache} that all artifacts of the
 * process share. Safe for use by many threads.
 */
public final class ArtifactReader implements AutoCloseable {
  private final OpenArtifact artifact;
  private final Manifest manifest;
  private final ChunkCache cache;
  private final int[] packNumbers;
  private final ChunkSource source = new Source(false);
  private final ChunkSource streamed = new Source(true);
  private final PackStreams streams = new PackStreams();
  private final Lifetime lifetime = new Lifetime(this::free);
  private final Replay replay;
  private final ChunkTouches touches;
  private final boolean recorded;
  private final LongAdder storedBytes = new LongAdder();

  /**
   * Makes a reader, which owns the artifact from here on, even if this fails.
   *
   * @throws SnapfsException if the cache is closed
   */
  public ArtifactReader(OpenArtifact artifact, ChunkCache cache) throws IOException {
    this(artifact, cache, null, null);
  }

  /**
   * Makes a reader that replays a profile, or records what is touched, or both.
   *
   * @param profile of the artifact: its chunks are ordered ahead while files are open; or null
   * @param recorder is told of every chunk that is read, by whatever thread reads; or null
   * @throws SnapfsException if the cache is closed
   */
  public ArtifactReader(
      OpenArtifact artifact, ChunkCache cache, Profile profile, ChunkTouches recorder)
      throws IOException {
    this.artifact = artifact;
    this.manifest = artifact.manifest();
    this.cache = cache;
    boolean made = false;
    try {
      packNumbers = new int[manifest.packCount()];
      for (int pack = 0; pack < packNumbers.length; pack++) {
        packNumbers[pack] = cache.packNumber(manifest.packId(pack));
      }
      replay = profile == null ? null : newReplay(profile);
      touches = ChunkTouches.both(recorder, replay);
      recorded = recorder != null;
      if (!cache.tryEnter()) {
        throw new SnapfsException("the chunk cache was closed");
      }
      made = true;
    } finally {
      if (!made) {
        artifact.close();
      }
    }
  }

  private Replay newReplay(Profile profile) {
    if (profile.artifactChunks() != manifest.chunkCount()) {
      throw new IllegalArgumentException("the profile is not of artifact " + artifact.ref());
    }
    RunPlanner planner = new RunPlanner(cache.loader(), cache.pool(), source);
    return new Replay(profile, cache.loader(), planner, cache.replayBytes());
  }

  public Manifest manifest() {
    return manifest;
  }

  /** Bytes of packs that were read from the store so far. */
  public long storedBytes() {
    return storedBytes.sum();
  }

  /** Opens a regular file, whose chunks stay in the cache: {@link #open(int, AfterRead)}. */
  public OpenFile open(int node) throws IOException {
    return open(node, AfterRead.KEEP);
  }

  /**
   * Opens a regular file.
   *
   * @param node its index in the manifest
   * @param afterRead what becomes of chunks that have been read
   * @throws SnapfsException if the reader was closed
   * @throws IllegalArgumentException if the node isn't a regular file
   */
  public OpenFile open(int node, AfterRead afterRead) throws IOException {
    Node file = manifest.node(node);
    if (!file.isRegular()) {
      throw new IllegalArgumentException("node " + node + " is not a regular file");
    }
    if (!lifetime.tryEnter()) {
      throw new SnapfsException("artifact " + artifact.ref() + " was closed");
    }
    if (replay != null) {
      replay.fileOpened();
    }
    return new OpenFile(this, file, afterRead);
  }

  /**
   * Hands out one chunk, whatever files it is part of. The calling thread decodes it if nobody has;
   * it must not be using another chunk.
   *
   * @param chunk its index in the manifest
   * @param sink called once, unless an exception was thrown before
   * @throws io.snapfs.format.CorruptException if the chunk is damaged, naming pack and offset
   */
  public void read(int chunk, ChunkSink sink) throws IOException {
    if (!lifetime.tryEnter()) {
      throw new SnapfsException("artifact " + artifact.ref() + " was closed");
    }
    cache.processors().take();
    try {
      CachedChunk cached = cache.loader().acquire(streamed, chunk, true);
      try {
        if (sink.accept(cached.address(), cached.plainLength()) == AfterRead.DROP) {
          cache.loader().drop(cached);
        }
      } finally {
        cached.release();
      }
    } finally {
      cache.processors().leave();
      lifetime.leave();
    }
  }

  /**
   * Makes what brings stored chunks near before they are read.
   *
   * @param chunks their indexes in the manifest, in the order in which they are wanted; not to be
   *     changed
   * @param room how much may be brought at most, in bytes; the thread that brings it asks
   */
  public StoredAhead storedAhead(int[] chunks, LongSupplier room) {
    return new StoredAhead(this, chunks, room);
  }

  /**
   * Lets no more files be opened. Files that are open go on; the artifact is closed with the last
   * of them. Idempotent.
   */
  @Override
  public void close() {
    lifetime.close();
  }

  ChunkCache cache() {
    return cache;
  }

  ChunkSource source() {
    return source;
  }

  /** To be told of every chunk before it is used; null if nobody wants to know. */
  ChunkTouches touches() {
    return touches;
  }

  /** What orders ahead in the order of a profile; null if there is none. */
  Replay replay() {
    return replay;
  }

  /**
   * Whether it is worth guessing what short reads will want: not while readers keep to a profile,
   * which knows better, and never while one is recorded, which is to hold what was asked for.
   */
  boolean mayGuess() {
    return !recorded && (replay == null || !replay.leads());
  }

  /** An open file is being closed: nobody expects it to be read any more. Once for each. */
  void closing() {
    if (replay != null) {
      replay.fileClosed();
    }
  }

  /** Begins a use of the artifact, which {@link #leave} ends; false if this was closed. */
  boolean tryEnter() {
    return lifetime.tryEnter();
  }

  /** A pack of the artifact, by its index in the manifest. For who has entered. */
  PackFile pack(int index) {
    return artifact.pack(index);
  }

  /** The artifact's name for messages. */
  String name() {
    return artifact.ref().toString();
  }

  /** An open file was closed and nobody reads it any more, or another use has ended. */
  void leave() {
    lifetime.leave();
  }

  private void free() {
    try {
      artifact.close();
    } catch (IOException e) {
      return; // it was only read: nothing is lost, and nobody is left to be told
    } finally {
      cache.leave();
    }
  }

  private final class Source implements ChunkSource {
    private final boolean isStreamed;

    /**
     * @param isStreamed whether to look for places where threads read on
     */
    Source(boolean isStreamed) {
      this.isStreamed = isStreamed;
    }

    @Override
    public void key(int chunk, ChunkKey key) throws IOException {
      key.set(
          packNumbers[manifest.chunkPack(chunk)],
          manifest.chunkOffset(chunk),
          manifest.chunkCrc32c(chunk),
          manifest.chunkPlainLength(chunk),
          manifest.chunkCodec(chunk));
    }

    @Override
    public int plainLength(int chunk) throws IOException {
      return manifest.chunkPlainLength(chunk);
    }

    @Override
    public int storedLength(int chunk) throws IOException {
      return manifest.chunkStoredLength(chunk);
    }

    @Override
    public long storedOffset(int chunk) throws IOException {
      return manifest.chunkOffset(chunk);
    }

    @Override
    public int pack(int chunk) throws IOException {
      return manifest.chunkPack(chunk);
    }

    @Override
    public void readStored(int pack, long offset, ByteBuffer destination) throws IOException {
      storedBytes.add(destination.remaining());
      PackFile file = artifact.pack(pack);
      long ahead = isStreamed ? streams.reads(pack, offset, destination.remaining()) : -1;
      if (ahead >= 0) {
        file.willNeed(ahead, PackStreams.STEP);
      }
      cache.processors().leave();
      try {
        file.readStored(offset, destination);
      } finally {
        cache.processors().take();
      }
    }

    @Override
    public void decode(ChunkDecoder decoder, int chunk, ByteBuffer stored, ByteBuffer plain)
        throws IOException {
      PackFile pack = artifact.pack(manifest.chunkPack(chunk));
      decoder.decode(
          pack.describe(),
          manifest.chunkCodec(chunk),
          manifest.chunkCrc32c(chunk),
          manifest.chunkOffset(chunk),
          stored,
          plain);
    }

    @Override
    public void retain() {
      lifetime.enterBeside();
    }

    @Override
    public void release() {
      lifetime.leave();
    }
  }
}
