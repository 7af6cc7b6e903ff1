package io.snapfs.gms.save;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.wire.Allocation;
import java.io.IOException;
import java.util.List;

/**
 * Owns the right to read the weights of one device, which stay as they are until it is closed. For
 * one thread at a time.
 */
public interface CommittedWeights extends AutoCloseable {
  /** What was put beside the allocations. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Name(String key, String allocationId, long offset, byte[] value) {}

  CudaContext context();

  /** In the order of their slots. */
  List<Allocation> allocations();

  List<Name> names();

  String layoutHash();

  /** Device address of an allocation, mapped for reading. */
  long address(int allocation);

  @Override
  void close() throws IOException;
}
