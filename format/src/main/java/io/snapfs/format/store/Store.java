package io.snapfs.format.store;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.blob.BlobStore;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.blob.SweepLock;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.pack.PackIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * An open store. Owns its {@link BlobStore} and closes it; close it after what was made from it.
 * Safe for use by many threads. Nothing is cached: every call sees the store as it is then.
 */
public final class Store implements AutoCloseable {
  private static final int REFS_SHOWN = 5;

  private final BlobStore blobs;
  private final StoreDescriptor descriptor;

  private Store(BlobStore blobs, StoreDescriptor descriptor) {
    this.blobs = blobs;
    this.descriptor = descriptor;
  }

  /**
   * Opens the store in a directory, which need not be writable.
   *
   * @throws MissingException if there is no directory, or it is not a store
   * @throws io.snapfs.format.TooNewException if a newer version made it
   * @throws CorruptException if its descriptor is damaged, or missing where it has been
   */
  public static Store open(Path directory) throws IOException {
    StoreDirectory.checkDirectory(directory);
    LocalBlobStore blobs = new LocalBlobStore(directory);
    boolean opened = false;
    try {
      if (!blobs.exists(StoreDescriptor.KEY)) {
        throw StoreDirectory.explain(directory);
      }
      Store store = of(blobs);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        blobs.close();
      }
    }
  }

  /**
   * Opens the store in a directory, or makes the directory an empty store if it is missing or
   * empty. Of several who create at the same time one wins, and all open the same store.
   *
   * @throws MissingException if the directory holds other things
   * @see #open(Path)
   */
  public static Store openOrCreate(Path directory) throws IOException {
    if (StoreDirectory.prepare(directory)) {
      try (LocalBlobStore blobs = new LocalBlobStore(directory)) {
        create(blobs);
      }
    }
    return open(directory);
  }

  /** Makes an empty place a store; without effect if it has become one meanwhile. */
  public static void create(BlobStore blobs) throws IOException {
    try (WriteSession session = blobs.beginWrite();
        BlobWriter writer = session.create(StoreDescriptor.KEY)) {
      writer.write(StoreDescriptor.random().encode());
      writer.publish(BlobWriter.IfExists.FAIL);
    } catch (AlreadyExistsException e) {
      return; // another process was faster: its id holds
    }
  }

  /**
   * Opens the store that blobs are. Takes them over; if this fails, they remain the caller's.
   *
   * @throws MissingException if they are not a store
   */
  public static Store of(BlobStore blobs) throws IOException {
    if (!blobs.exists(StoreDescriptor.KEY)) {
      throw new MissingException(
          blobs.location() + " is not a snapfs store: it has no " + StoreDescriptor.KEY);
    }
    return new Store(blobs, readDescriptor(blobs));
  }

  static StoreDescriptor readDescriptor(BlobStore blobs) throws IOException {
    try (BlobReader reader = blobs.open(StoreDescriptor.KEY)) {
      if (reader.length() < StoreDescriptor.LENGTH) {
        throw new CorruptException(
            reader.describe(),
            -1,
            "it has " + reader.length() + " bytes, expected " + StoreDescriptor.LENGTH);
      }
      ByteBuffer bytes = StoreDescriptor.buffer();
      reader.readFully(0, bytes);
      return StoreDescriptor.decode(bytes, reader.length(), reader.describe());
    }
  }

  /** What lies underneath. */
  public BlobStore blobs() {
    return blobs;
  }

  /** Random id that the store has had since it was created. */
  public UUID id() {
    return descriptor.id();
  }

  /** The directory or URL, for messages. */
  public String location() {
    return blobs.location();
  }

  /** All artifacts that are visible now, sorted. */
  public List<ArtifactRef> artifacts() throws IOException {
    List<ArtifactRef> refs = new ArrayList<>();
    blobs.list(
        "artifacts/",
        info -> {
          ArtifactRef ref = ArtifactRef.fromKey(info.key());
          if (ref != null) {
            refs.add(ref);
          }
        });
    Collections.sort(refs);
    return refs;
  }

  /** True if the artifact is visible now. */
  public boolean exists(ArtifactRef ref) throws IOException {
    return blobs.exists(ref.key());
  }

  /**
   * Opens an artifact's metadata. It stays readable as long as it is reachable.
   *
   * @throws MissingException naming what there is instead
   * @throws CorruptException if it is damaged, as far as that can be seen here
   */
  public Manifest manifest(ArtifactRef ref) throws IOException {
    try (BlobReader reader = blobs.open(ref.key())) {
      return Manifest.open(reader.map(), reader.describe());
    } catch (MissingException e) {
      throw missing(ref, e);
    }
  }

  /**
   * Opens an artifact with all its packs. If gc replaces the manifest meanwhile, the new one is
   * opened.
   *
   * @throws MissingException naming what there is instead
   * @throws CorruptException if the manifest is damaged or a pack is damaged or lost
   */
  public OpenArtifact openArtifact(ArtifactRef ref) throws IOException {
    return OpenArtifact.open(this, ref);
  }

  /** Opens a pack of known length (or -1). */
  PackFile openPack(PackId id, long length) throws IOException {
    return PackFile.open(blobs.open(id.key()), id, length);
  }

  /** Reads and checks the whole index of a pack. */
  PackIndex openIndex(PackId id) throws IOException {
    try (BlobReader reader = blobs.open(id.key())) {
      return PackIndex.open(reader, id);
    }
  }

  /** Packs that are visible now, with the lengths of their files, in no order. */
  Map<PackId, Long> packs() throws IOException {
    Map<PackId, Long> packs = new HashMap<>();
    blobs.list(
        "packs/",
        info -> {
          PackId id = PackId.fromKey(info.key());
          if (id != null) {
            packs.put(id, info.length());
          }
        });
    return packs;
  }

  /**
   * Removes an artifact. Who has it open reads on; gc frees the space.
   *
   * @throws MissingException if there is no such artifact
   */
  public void remove(ArtifactRef ref) throws IOException {
    try (SweepLock sweep = blobs.lockForSweep()) {
      if (!sweep.delete(ref.key())) {
        throw missing(ref, null);
      }
      cleanWhatWeMay(sweep);
    }
  }

  private static void cleanWhatWeMay(SweepLock sweep) {
    try {
      sweep.cleanDeadSessions();
    } catch (IOException e) {
      // What another user left, perhaps. The artifact is removed all the same; gc will complain.
      return;
    }
  }

  private MissingException missing(ArtifactRef ref, Throwable cause) throws IOException {
    List<ArtifactRef> refs = artifacts();
    String shown =
        refs.stream().limit(REFS_SHOWN).map(Object::toString).collect(Collectors.joining(", "));
    int more = refs.size() - REFS_SHOWN;
    return new MissingException(
        "no artifact "
            + ref
            + " in "
            + location()
            + (refs.isEmpty() ? "; the store is empty" : "; there is " + shown)
            + (more > 0 ? " and " + more + " more" : ""),
        cause);
  }

  @Override
  public void close() throws IOException {
    blobs.close();
  }
}
