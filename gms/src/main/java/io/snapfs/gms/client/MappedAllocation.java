package io.snapfs.gms.client;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.CudaException;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.linux.Fd;
import java.io.IOException;

/** Owns an allocation's mapping in this process: the imported handle and the addresses. */
public final class MappedAllocation implements AutoCloseable {
  private final Allocation allocation;
  private final DeviceMemory memory;
  private final AddressRange range;

  private MappedAllocation(Allocation allocation, DeviceMemory memory, AddressRange range) {
    this.allocation = allocation;
    this.memory = memory;
    this.range = range;
  }

  /**
   * Imports and maps an allocation, all of it, anywhere.
   *
   * @param device the service's
   */
  public static MappedAllocation map(
      GmsClient client, CudaDevice device, Allocation allocation, AddressRange.Access access)
      throws IOException {
    long size = allocation.alignedSize();
    if (size < 1 || size % DeviceMemory.granularity(device) != 0) {
      throw new SnapfsException(
          client + ": allocation " + allocation.id() + " has an impossible size of " + size);
    }
    DeviceMemory memory;
    try (Fd fd = client.export(allocation)) {
      memory = DeviceMemory.importFrom(device, fd, size);
    }
    AddressRange range = null;
    boolean made = false;
    try {
      range = AddressRange.reserve(device, size, 0);
      range.map(0, memory, access);
      made = true;
      return new MappedAllocation(allocation, memory, range);
    } finally {
      if (!made) {
        close(memory, range);
      }
    }
  }

  public Allocation allocation() {
    return allocation;
  }

  /** A device address. */
  public long address() {
    return range.address();
  }

  /** In bytes, the aligned size. */
  public long size() {
    return range.size();
  }

  private static void close(DeviceMemory memory, AddressRange range) throws CudaException {
    try (memory;
        range) {
      if (range != null) {
        range.unmapAll();
      }
    }
  }

  /** Unmaps it, and lets the handle and the addresses go. The device must not be using it. */
  @Override
  public void close() throws CudaException {
    close(memory, range);
  }
}
