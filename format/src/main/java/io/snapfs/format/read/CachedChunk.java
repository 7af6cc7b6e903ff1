package io.snapfs.format.read;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * A decoded chunk and the count of those who use it. The cache counts as one; so the memory is
 * freed when the cache has evicted it and the last reader has released it. Born with one user.
 */
final class CachedChunk {
  private static final VarHandle USERS;

  static {
    try {
      USERS = MethodHandles.lookup().findVarHandle(CachedChunk.class, "users", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChunkKey key;
  private final SlabMemory memory;
  private final Slot slot;
  private final int plainLength;

  @SuppressWarnings("FieldMayBeFinal") // changed through USERS
  private volatile int users = 1;

  CachedChunk(ChunkKey key, SlabMemory memory, Slot slot, int plainLength) {
    this.key = key;
    this.memory = memory;
    this.slot = slot;
    this.plainLength = plainLength;
  }

  ChunkKey key() {
    return key;
  }

  /** Bytes of the chunk. */
  int plainLength() {
    return plainLength;
  }

  /** Bytes of memory that it takes. */
  int weight() {
    return slot.length();
  }

  /** Where the plain bytes begin, a multiple of the page size; for users only. */
  long address() {
    return slot.address();
  }

  /** The plain bytes from index 0; absolute positions only; for users only. */
  ByteBuffer bytes() {
    return slot.bytes();
  }

  /** Becomes a user, unless the last one has gone: then the memory may be somebody else's. */
  boolean tryRetain() {
    while (true) {
      int count = users;
      if (count == 0) {
        return false;
      }
      if (USERS.compareAndSet(this, count, count + 1)) {
        return true;
      }
    }
  }

  /** Adds users on behalf of one. */
  void retain(int more) {
    int before = (int) USERS.getAndAdd(this, more);
    if (before <= 0) {
      throw new IllegalStateException("retained after its memory was freed");
    }
  }

  /** Stops being a user. */
  void release() {
    int before = (int) USERS.getAndAdd(this, -1);
    if (before == 1) {
      memory.free(slot);
    } else if (before <= 0) {
      throw new IllegalStateException("released more often than retained");
    }
  }
}
