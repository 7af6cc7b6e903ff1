package io.snapfs.gms.server;

import io.snapfs.gms.cuda.CudaException;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.Metadata;
import io.snapfs.gms.wire.Response;
import io.snapfs.linux.Fd;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Allocations and what is said about them. Guarded by its {@link Space}. */
final class Layout {
  private static final Logger LOG = System.getLogger(Layout.class.getName());

  /** Most metadata, in bytes of keys and values; a model's tensors need some megabytes. */
  private static final long MOST_METADATA = 256L << 20;

  /** Descriptors that are kept ready, at most. */
  private static final int MOST_READY = 256;

  /** An allocation, with a descriptor of it for the client that asks next, or null. */
  private static final class Held {
    final Allocation allocation;
    final DeviceMemory memory;
    Fd ready;

    Held(Allocation allocation, DeviceMemory memory) {
      this.allocation = allocation;
      this.memory = memory;
    }
  }

  private final Map<String, Held> allocations = new LinkedHashMap<>();
  private final TreeMap<String, Metadata> metadata = new TreeMap<>();
  private final Map<String, Set<String>> keysOf = new HashMap<>();
  private long metadataBytes;
  private int nextSlot;
  private String hash = "";

  /** The slot of the allocation that is added next. */
  int takeSlot() {
    return nextSlot++;
  }

  void add(Allocation allocation, DeviceMemory memory) {
    allocations.put(allocation.id(), new Held(allocation, memory));
  }

  int count() {
    return allocations.size();
  }

  Allocation get(String id) throws RefusedException {
    return held(id).allocation;
  }

  Fd export(String id) throws RefusedException, CudaException {
    Held held = held(id);
    Fd ready = held.ready;
    held.ready = null;
    return ready == null ? held.memory.export() : ready;
  }

  /** Makes descriptors for whoever asks next, who need not wait for the driver then. */
  void exportAhead() throws CudaException {
    int count = 0;
    for (Held each : allocations.values()) {
      if (each.ready == null) {
        each.ready = each.memory.export();
      }
      if (++count == MOST_READY) {
        return;
      }
    }
  }

  private Held held(String id) throws RefusedException {
    Held held = allocations.get(id);
    if (held == null) {
      throw new RefusedException(Response.Failure.NOT_FOUND, "there is no allocation '" + id + "'");
    }
    return held;
  }

  /**
   * Those with a tag, in the order of their slots.
   *
   * @param tag null for all
   */
  List<Allocation> list(String tag) {
    List<Allocation> list = new ArrayList<>();
    for (Held each : allocations.values()) {
      if (tag == null || tag.equals(each.allocation.tag())) {
        list.add(each.allocation);
      }
    }
    return list;
  }

  /** Frees one with its metadata; false if there is none. */
  boolean free(String id) {
    Held held = allocations.remove(id);
    if (held == null) {
      return false;
    }
    for (String key : List.copyOf(keysOf.getOrDefault(id, Set.of()))) {
      deleteMetadata(key);
    }
    release(held);
    return true;
  }

  void putMetadata(String key, Metadata entry) throws RefusedException {
    Allocation allocation = get(entry.allocationId());
    if (entry.offset() < 0 || entry.offset() >= allocation.alignedSize()) {
      throw new RefusedException(
          Response.Failure.WRONG_REQUEST,
          "offset_bytes %d is outside allocation '%s' of %d bytes"
              .formatted(entry.offset(), allocation.id(), allocation.alignedSize()));
    }
    long bytes = bytes(key, entry);
    Metadata before = metadata.get(key);
    long more = bytes - (before == null ? 0 : bytes(key, before));
    if (metadataBytes + more > MOST_METADATA) {
      throw new RefusedException(
          Response.Failure.WRONG_REQUEST,
          "the metadata would take more than " + MOST_METADATA + " bytes");
    }
    deleteMetadata(key);
    metadata.put(key, entry);
    keysOf.computeIfAbsent(entry.allocationId(), id -> new HashSet<>()).add(key);
    metadataBytes += bytes;
  }

  /** Null if there is none. */
  Metadata getMetadata(String key) {
    return metadata.get(key);
  }

  /** False if there is none. */
  boolean deleteMetadata(String key) {
    Metadata entry = metadata.remove(key);
    if (entry == null) {
      return false;
    }
    metadataBytes -= bytes(key, entry);
    Set<String> keys = keysOf.get(entry.allocationId());
    keys.remove(key);
    if (keys.isEmpty()) {
      keysOf.remove(entry.allocationId());
    }
    return true;
  }

  /** The keys that begin so, in order. */
  List<String> keys(String prefix) {
    List<String> keys = new ArrayList<>();
    for (String key : metadata.tailMap(prefix).keySet()) {
      if (!key.startsWith(prefix)) {
        break;
      }
      keys.add(key);
    }
    return keys;
  }

  private static long bytes(String key, Metadata entry) {
    return 2L * key.length() + entry.value().length;
  }

  /** Empty unless it is sealed. */
  String hash() {
    return hash;
  }

  /** Computes the hash over the geometry and the metadata; what the memory holds isn't in it. */
  void seal() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    Map<String, Integer> ranks = new HashMap<>();
    for (Held each : allocations.values()) {
      ranks.put(each.allocation.id(), ranks.size());
      add(digest, each.allocation.size());
      add(digest, each.allocation.alignedSize());
      add(digest, each.allocation.tag().getBytes(StandardCharsets.UTF_8));
    }
    add(digest, ranks.size());
    metadata.forEach(
        (key, entry) -> {
          add(digest, key.getBytes(StandardCharsets.UTF_8));
          add(digest, ranks.get(entry.allocationId()));
          add(digest, entry.offset());
          add(digest, entry.value());
        });
    hash = HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    add(digest, (long) bytes.length);
    digest.update(bytes);
  }

  /** Frees everything; returns how many allocations there were. */
  int clear() {
    int count = allocations.size();
    List<Held> gone = List.copyOf(allocations.values());
    allocations.clear();
    metadata.clear();
    keysOf.clear();
    metadataBytes = 0;
    nextSlot = 0;
    hash = "";
    gone.forEach(Layout::release);
    return count;
  }

  private static void release(Held held) {
    if (held.ready != null) {
      held.ready.close();
    }
    try {
      held.memory.close();
    } catch (CudaException e) {
      LOG.log(Level.ERROR, "memory may be lost until this server ends: " + e.getMessage(), e);
    }
  }
}
