package io.snapfs.format.store;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.blob.BlobStore;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.blob.SweepLock;
import io.snapfs.format.blob.WriteSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
   * Removes an artifact. Who has it open reads on; gc frees the space.
   *
   * @throws MissingException if there is no such artifact
   */
  public void remove(ArtifactRef ref) throws IOException {
    try (SweepLock sweep = blobs.lockForSweep()) {
      if (!sweep.delete(ref.key())) {
        throw missing(ref);
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

  private MissingException missing(ArtifactRef ref) throws IOException {
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
            + (more > 0 ? " and " + more + " more" : ""));
  }

  @Override
  public void close() throws IOException {
    blobs.close();
  }
}
