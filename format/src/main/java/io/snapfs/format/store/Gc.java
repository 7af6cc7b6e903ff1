package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.SweepLock;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Frees what no artifact refers to (FORMAT.md section 5). Writers and readers go on meanwhile.
 *
 * <ol>
 *   <li>Without a lock it takes a {@link Census}. If anything is damaged or too new, it ends here
 *       and deletes nothing: it can't know what a manifest that it can't read refers to, and even a
 *       pack that nobody needs may hold good copies of damaged chunks.
 *   <li>In a first sweep it deletes packs that neither a pin nor a manifest names, and profiles of
 *       which no artifact has the content. Manifests are read anew for that, but only their list of
 *       packs and their content id, so the sweep is short.
 *   <li>Packs with enough dead in them are rewritten, see {@link Compaction}.
 * </ol>
 */
public final class Gc {
  /**
   * A pack is rewritten if at least this share of its stored bytes is dead. At a tenth, nine bytes
   * are copied for one that is freed; below, that is not worth the writing, and a store never takes
   * more than 1.11 times of what is alive in it.
   */
  static final double COMPACT_DEAD_SHARE = 0.10;

  /**
   * Packs are rewritten in batches of about this many live bytes, so that not much more than that
   * is needed in free space.
   */
  static final long BATCH_BYTES = 8L << 30;

  private final Store store;
  private final boolean dryRun;
  private final Progress progress;
  private final List<String> leftAlone = new ArrayList<>();
  private int packsDeleted;
  private int packsRewritten;
  private int profilesDeleted;
  private long bytesFreed;
  private long temporaryBytes;

  private Gc(Store store, boolean dryRun, Progress progress) {
    this.store = store;
    this.dryRun = dryRun;
    this.progress = progress;
  }

  /**
   * Collects garbage.
   *
   * @param dryRun only find out what would be done
   * @throws SnapfsException if another gc runs, or the store can't be written
   * @throws io.snapfs.format.CorruptException if a manifest or a pack index is damaged, or a pack
   *     is lost
   */
  @SuppressWarnings("try") // the lock is held, not used
  public static GcReport run(Store store, boolean dryRun, Progress progress) throws IOException {
    try (Closeable alone = store.blobs().tryLockForGc()) {
      if (alone == null) {
        throw new SnapfsException("another gc is running on " + store.location() + "; wait for it");
      }
      return new Gc(store, dryRun, progress).run();
    }
  }

  private GcReport run() throws IOException {
    Census census = Census.take(store, progress);
    Set<PackId> pinned = sweepUnreferenced(census);
    List<PackEntries> batch = new ArrayList<>();
    long batchBytes = 0;
    for (PackId id : census.referenced()) {
      PackEntries pack = census.pack(id);
      if (pack != null && !pinned.contains(id) && isWorthRewriting(pack)) {
        batch.add(pack);
        batchBytes += pack.liveBytes();
      }
      if (batchBytes >= BATCH_BYTES) {
        rewrite(batch);
        batch.clear();
        batchBytes = 0;
      }
    }
    rewrite(batch);
    return new GcReport(
        dryRun,
        packsDeleted,
        packsRewritten,
        profilesDeleted,
        bytesFreed,
        temporaryBytes,
        leftAlone);
  }

  private static boolean isWorthRewriting(PackEntries pack) {
    long stored = pack.storedBytes();
    return stored - pack.liveBytes() >= stored * COMPACT_DEAD_SHARE;
  }

  /** Returns the packs that are pinned. */
  private Set<PackId> sweepUnreferenced(Census census) throws IOException {
    try (SweepLock sweep = store.blobs().lockForSweep()) {
      Set<PackId> pinned = sweep.pinned(null); // before the manifests, see package blob
      Set<PackId> needed = new HashSet<>(pinned);
      Set<String> contents = new HashSet<>();
      readManifests(needed, contents);
      for (PackId pack : census.lengths().keySet()) {
        if (!needed.contains(pack)) {
          packsDeleted++;
          delete(pack.key(), census.lengths().get(pack), sweep);
        }
      }
      deleteProfilesUnlessOf(contents, sweep);
      cleanDeadSessions(sweep);
      return pinned;
    }
  }

  /** Adds the packs that manifests name, and their content ids in hex. */
  private void readManifests(Set<PackId> packs, Set<String> contents) throws IOException {
    for (ArtifactRef ref : store.artifacts()) {
      Manifest manifest = store.manifest(ref);
      contents.add(HexFormat.of().formatHex(manifest.contentId()));
      for (int i = 0; i < manifest.packCount(); i++) {
        packs.add(manifest.packId(i));
      }
    }
  }

  /**
   * A profile is stored in a sweep, so none appears meanwhile. A pack run that publishes the same
   * content later has none, which costs it nothing but speed.
   */
  private void deleteProfilesUnlessOf(Set<String> contents, SweepLock sweep) throws IOException {
    for (Map.Entry<String, Long> profile : Profiles.lengths(store).entrySet()) {
      if (!contents.contains(profile.getKey())) {
        profilesDeleted++;
        delete(Profile.key(HexFormat.of().parseHex(profile.getKey())), profile.getValue(), sweep);
      }
    }
  }

  private void delete(String key, long length, SweepLock sweep) throws IOException {
    bytesFreed += length;
    if (!dryRun) {
      sweep.delete(key);
    }
  }

  private void cleanDeadSessions(SweepLock sweep) {
    try {
      temporaryBytes = dryRun ? sweep.deadSessionBytes() : sweep.cleanDeadSessions();
    } catch (IOException e) {
      leftAlone.add("what a writer that died had left: " + e.getMessage());
    }
  }

  private void rewrite(List<PackEntries> batch) throws IOException {
    List<PackEntries> rewritten = batch;
    if (!dryRun && !batch.isEmpty()) {
      Compaction compaction = new Compaction(store, batch, progress);
      rewritten = compaction.run();
      leftAlone.addAll(compaction.leftAlone());
    }
    for (PackEntries pack : rewritten) {
      packsRewritten++;
      bytesFreed += pack.storedBytes() - pack.liveBytes();
    }
  }
}
