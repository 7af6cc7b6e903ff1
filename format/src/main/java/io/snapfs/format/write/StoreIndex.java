package io.snapfs.format.write;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobInfo;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.blob.BlobStore;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.pack.PackIndex;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every chunk of the store, for deduplication. A hit is handed out only after its pack was pinned
 * and its stored bytes were read and found right: an artifact that is packed today must not be born
 * damaged because of a bit that flipped in last year's pack.
 *
 * <p>Lookups come from many threads; {@link #refresh} adds packs that appeared meanwhile and may
 * run beside them.
 */
final class StoreIndex implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StoreIndex.class.getName());
  private static final String PACKS = "packs/";
  private static final String SUFFIX = ".pack";

  private final BlobStore blobs;
  private final WriteSession session;
  private final Set<PackId> known = new HashSet<>();
  private final Map<PackId, Source> usable = new ConcurrentHashMap<>();
  private final AtomicInteger damaged = new AtomicInteger();
  private volatile List<IndexGeneration> generations = List.of();

  /** A pack that was pinned and opened, or couldn't be. */
  private record Source(PackFile file) {
    static final Source GONE = new Source(null);
  }

  StoreIndex(BlobStore blobs, WriteSession session) {
    this.blobs = blobs;
    this.session = session;
  }

  /**
   * Adds the packs that are visible now and were not known. A pack whose index is damaged is left
   * out, with a warning.
   */
  synchronized void refresh() throws IOException {
    List<BlobInfo> listed = new ArrayList<>();
    blobs.list(PACKS, listed::add);
    List<PackIndex> found = new ArrayList<>();
    for (BlobInfo blob : listed) {
      PackId id = idOf(blob.key());
      if (id != null && known.add(id)) {
        openIndex(blob.key(), id, found);
      }
    }
    if (!found.isEmpty()) {
      List<IndexGeneration> next = new ArrayList<>(generations);
      next.add(new IndexGeneration(found));
      generations = List.copyOf(next);
    }
  }

  /** Tells that a pack is this session's own: its chunks are found elsewhere. */
  synchronized void exclude(PackId own) {
    known.add(own);
  }

  private void openIndex(String key, PackId id, List<PackIndex> found) throws IOException {
    try (BlobReader blob = blobs.open(key)) {
      found.add(PackIndex.open(blob, id));
    } catch (MissingException e) {
      LOG.log(Level.DEBUG, "{0} went away while packing: gc", key);
    } catch (CorruptException e) {
      LOG.log(Level.WARNING, "not sharing chunks with a damaged pack: {0}", e.getMessage());
    }
  }

  private static PackId idOf(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1);
    if (!name.endsWith(SUFFIX) || name.length() != 2 * PackId.LENGTH + SUFFIX.length()) {
      return null;
    }
    try {
      PackId id = PackId.parse(name.substring(0, 2 * PackId.LENGTH));
      return id.key().equals(key) ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * The chunk, pinned and checked, or null if it has to be stored.
   *
   * @param scratch a direct buffer of at least {@link Limits#MAX_CHUNK} bytes, for the check
   */
  StoredChunk find(ChunkId id, ByteBuffer scratch) throws IOException {
    for (IndexGeneration generation : generations) {
      int entry = generation.find(id);
      if (entry >= 0) {
        StoredChunk chunk = check(generation.pack(entry), generation.location(entry), scratch);
        if (chunk != null) {
          return chunk;
        }
      }
    }
    return null;
  }

  private StoredChunk check(PackId pack, ChunkLocation location, ByteBuffer scratch)
      throws IOException {
    Source source = usable.get(pack);
    if (source == null) {
      source = use(pack);
    }
    if (source.file == null) {
      return null;
    }
    try {
      ByteBuffer stored = scratch.clear().limit(location.storedLength());
      source.file.readStored(location.offset(), stored);
      if (Crc32c.of(scratch, 0, location.storedLength()) == location.crc32c()) {
        return new StoredChunk(pack, source.file.length(), location);
      }
      LOG.log(
          Level.WARNING,
          "{0} at offset {1} is damaged: checksum differs; storing that chunk anew",
          source.file.describe(),
          Long.toString(location.offset()));
    } catch (CorruptException e) {
      LOG.log(Level.WARNING, "storing a chunk anew: {0}", e.getMessage());
    }
    damaged.incrementAndGet();
    return null;
  }

  private synchronized Source use(PackId pack) throws IOException {
    Source source = usable.get(pack);
    if (source == null) {
      source = session.pin(pack) ? open(pack) : Source.GONE;
      usable.put(pack, source);
    }
    return source;
  }

  private Source open(PackId pack) throws IOException {
    try {
      return new Source(PackFile.open(blobs.open(pack.key()), pack, -1));
    } catch (CorruptException | MissingException e) {
      LOG.log(Level.WARNING, "not sharing chunks with a damaged pack: {0}", e.getMessage());
      return Source.GONE;
    }
  }

  /** Lookups that found a chunk, but damaged. */
  int damagedCount() {
    return damaged.get();
  }

  @Override
  public synchronized void close() throws IOException {
    for (Source source : usable.values()) {
      if (source.file != null) {
        source.file.close();
      }
    }
    usable.clear();
  }
}
