package io.snapfs.format.write;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.BlobWriter.IfExists;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.chunk.Chunker;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.manifest.ManifestBuilder;
import io.snapfs.format.manifest.Summary;
import io.snapfs.format.store.Store;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Packs a directory tree into a store as one artifact. See the package description for how. An
 * instance may be used for several runs, also at the same time.
 */
public final class Packer {
  private static final int WINDOW = 4 << 20;
  private static final int MAX_WINDOWS = 64;

  private final Store store;
  private final PackOptions options;
  private final FileContents contents;

  public Packer(Store store, PackOptions options) {
    this(store, options, FileContents.OF_THE_FILES);
  }

  /**
   * Packs files whose bytes come from elsewhere.
   *
   * @param contents for one run
   */
  public Packer(Store store, PackOptions options, FileContents contents) {
    this.store = store;
    this.options = options;
    this.contents = contents;
  }

  /**
   * Packs everything below {@code source} and publishes it.
   *
   * @throws AlreadyExistsException if there is such an artifact; artifacts are immutable
   * @throws MissingException if there is no such directory
   * @throws SourceChangedException if the source changed meanwhile
   * @throws SnapfsException if something can't be read or written; nothing has become visible
   */
  public PackResult pack(Path source, ArtifactRef ref) throws IOException {
    checkFree(ref);
    try (Fd root = openSource(source);
        WriteSession session = store.blobs().beginWrite();
        SessionIds ids = new SessionIds(session.scratch());
        StoreIndex index = new StoreIndex(store.blobs(), session);
        ManifestBuilder builder = new ManifestBuilder(session.scratch())) {
      index.refresh();
      return new Run(ref, root, session, ids, index, builder).run();
    }
  }

  private void checkFree(ArtifactRef ref) throws IOException {
    if (store.exists(ref)) {
      throw new AlreadyExistsException(
          "artifact "
              + ref
              + " exists already in "
              + store.location()
              + ": choose another tag, or remove it first with 'snapfs rm'");
    }
  }

  private static Fd openSource(Path source) throws IOException {
    try {
      return Open.at(Fd.CWD, Names.of(source.toString()), Open.O_RDONLY | Open.O_DIRECTORY);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        throw new MissingException("there is no folder " + source + " to pack", e);
      }
      if (e.isErrno(Errno.ENOTDIR)) {
        throw new SnapfsException(source + " is not a folder: snapfs packs folders", e);
      }
      throw new SnapfsException(source + " can't be opened (" + e.errnoName() + ")", e);
    }
  }

  /** The store's directory, to notice it inside the source; null if it isn't a local one. */
  private Stat storeDirectory() {
    try {
      return Stat.statAt(Fd.CWD, Names.of(store.location()));
    } catch (LinuxException e) {
      return null; // not a local store
    }
  }

  /** One run: its parts and what they come to. */
  private final class Run {
    private final ArtifactRef ref;
    private final Fd root;
    private final WriteSession session;
    private final StoreIndex index;
    private final SessionIds ids;
    private final ManifestBuilder builder;
    private final ArtifactTables tables;

    Run(
        ArtifactRef ref,
        Fd root,
        WriteSession session,
        SessionIds ids,
        StoreIndex index,
        ManifestBuilder builder) {
      this.ref = ref;
      this.root = root;
      this.session = session;
      this.index = index;
      this.ids = ids;
      this.builder = builder;
      this.tables = new ArtifactTables(builder, ids);
    }

    PackResult run() throws IOException {
      Chunker chunker = options.chunking().newChunker();
      int windowSize = Math.max(WINDOW, 2 * chunker.maxSegment());
      int windows = Math.min(MAX_WINDOWS, 2 * options.jobs() + 4);
      try (PackContext context = new PackContext(index, ids, options.codec());
          PackStream packs = new PackStream(session, index, tables::setPackLength);
          Pipeline pipeline = new Pipeline(options.jobs(), tables, packs, ids);
          FileFeeder feeder =
              new FileFeeder(
                  context,
                  pipeline,
                  new WindowPool(windows, windowSize),
                  chunker,
                  options.progress())) {
        new SourceWalker(builder, feeder, options.parts(), contents, storeDirectory()).walk(root);
        pipeline.finish();
      }
      String contentId = HexFormat.of().formatHex(publish());
      return new PackResult(
          ref,
          store.manifest(ref).summary(),
          tables.chunkCount(),
          tables.newChunks(),
          index.damagedCount(),
          contentId);
    }

    private Summary summary() {
      Chunking chunking = options.chunking();
      return Summary.of(
          System.currentTimeMillis(),
          tables.newBytes(),
          chunking.kind().number(),
          chunking.min(),
          chunking.mean(),
          chunking.max());
    }

    private byte[] publish() throws IOException {
      options.labels().forEach(builder::label);
      options.provenance().forEach(builder::provenance);
      builder.summary(summary());
      try (BlobWriter manifest = session.create(ref.key())) {
        byte[] contentId = builder.writeTo(manifest);
        manifest.publish(IfExists.FAIL);
        return contentId;
      } catch (AlreadyExistsException e) {
        checkFree(ref); // says it in the user's words
        throw e;
      }
    }
  }
}
