package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.pack.PackFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An artifact's manifest and all of its packs, open: it reads on whatever rm and gc do. Owns the
 * packs and closes them when everybody who {@linkplain #retain retained} it has closed it. Safe for
 * use by many threads.
 */
public final class OpenArtifact implements AutoCloseable {
  /** How often gc may replace the manifest while it is being opened. */
  private static final int ATTEMPTS = 5;

  private final ArtifactRef ref;
  private final Manifest manifest;
  private final PackFile[] packs;
  private final AtomicInteger users = new AtomicInteger(1);

  private OpenArtifact(ArtifactRef ref, Manifest manifest, PackFile[] packs) {
    this.ref = ref;
    this.manifest = manifest;
    this.packs = packs;
  }

  static OpenArtifact open(Store store, ArtifactRef ref) throws IOException {
    List<PackId> missedWith = null;
    for (int attempt = 1; ; attempt++) {
      Manifest manifest = store.manifest(ref);
      List<PackId> wanted = packIds(manifest);
      try {
        return new OpenArtifact(ref, manifest, openPacks(store, manifest));
      } catch (MissingException e) {
        // Either gc replaced the manifest since we read it, or the pack is lost.
        if (wanted.equals(missedWith) || attempt == ATTEMPTS) {
          throw new CorruptException(
              manifest.resource(),
              -1,
              "artifact " + ref + " needs a pack that is lost: " + e.getMessage(),
              e);
        }
        missedWith = wanted;
      }
    }
  }

  private static List<PackId> packIds(Manifest manifest) throws IOException {
    List<PackId> ids = new ArrayList<>();
    for (int i = 0; i < manifest.packCount(); i++) {
      ids.add(manifest.packId(i));
    }
    return ids;
  }

  private static PackFile[] openPacks(Store store, Manifest manifest) throws IOException {
    PackFile[] packs = new PackFile[manifest.packCount()];
    boolean opened = false;
    try {
      for (int i = 0; i < packs.length; i++) {
        packs[i] = store.openPack(manifest.packId(i), manifest.packLength(i));
      }
      opened = true;
      return packs;
    } finally {
      if (!opened) {
        closeAll(packs);
      }
    }
  }

  /** Name under which it was opened. */
  public ArtifactRef ref() {
    return ref;
  }

  public Manifest manifest() {
    return manifest;
  }

  /**
   * A pack of the artifact.
   *
   * @param index as in {@link Manifest#chunkPack}
   */
  public PackFile pack(int index) {
    return packs[index];
  }

  /** Keeps it open for one more {@link #close()}. Only who holds it open may do so. */
  public OpenArtifact retain() {
    if (users.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
      throw new IllegalStateException("artifact " + ref + " is closed");
    }
    return this;
  }

  /** Gives one hold back. Once for opening and once for each {@link #retain()}. */
  @Override
  public void close() throws IOException {
    int before = users.getAndUpdate(count -> Math.max(0, count - 1));
    if (before == 1) {
      closeAll(packs);
    }
  }

  private static void closeAll(PackFile[] packs) throws IOException {
    for (PackFile pack : packs) {
      if (pack != null) {
        pack.close();
      }
    }
  }
}
