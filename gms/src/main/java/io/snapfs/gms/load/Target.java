package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.weights.WeightsLayout;
import java.io.IOException;

/**
 * Owns the memory of a device that is being filled. Closing it without a {@link #commit} gives all
 * back. Addresses may be asked for by many threads; the rest is for one.
 */
public interface Target extends AutoCloseable {
  /** Makes targets: connects to whoever owns the memory, allocates all slabs and maps them. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens one; may take as long as another client holds the memory.
     *
     * @param device which of those that are loaded at once, from 0
     */
    Target open(int device, WeightsLayout layout) throws IOException;
  }

  CudaContext context();

  /** Device address of a slab, mapped for writing. */
  long address(int slab);

  /** How long it took to get the right to write, in nanoseconds; 0 if that isn't known. */
  default long lockNanos() {
    return 0;
  }

  /**
   * Puts the names of what lies where. Before {@link #commit}; copies may be under way, so that
   * nobody waits for it.
   */
  void putNames() throws IOException;

  /** Makes what was written visible; all copies are done. */
  void commit() throws IOException;

  /** No copy may be under way. Idempotent. */
  @Override
  void close() throws IOException;
}
