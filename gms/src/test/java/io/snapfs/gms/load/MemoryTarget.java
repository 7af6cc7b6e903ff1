package io.snapfs.gms.load;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.weights.WeightsLayout;
import io.snapfs.gms.weights.WeightsLayout.Slab;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Memory of a device that this process owns, full of garbage before it is filled. */
final class MemoryTarget implements Target {
  private final CudaContext context;
  private final List<DeviceMemory> memory = new ArrayList<>();
  private final List<AddressRange> ranges = new ArrayList<>();
  private final List<Slab> slabs;
  private boolean named;
  private boolean committed;
  private boolean closed;
  private List<byte[]> contents;

  MemoryTarget(CudaDevice device, WeightsLayout layout) throws IOException {
    context = device.openContext();
    slabs = layout.slabs();
    long granularity = DeviceMemory.granularity(device);
    for (Slab slab : slabs) {
      long size = (slab.size() + granularity - 1) / granularity * granularity;
      DeviceMemory allocated = DeviceMemory.create(device, size);
      memory.add(allocated);
      AddressRange range = AddressRange.reserve(device, size, 0);
      ranges.add(range);
      range.map(0, allocated, AddressRange.Access.READ_WRITE);
      fillWithGarbage(range);
    }
  }

  private void fillWithGarbage(AddressRange range) throws IOException {
    try (NativeMemory garbage = NativeMemory.allocate(range.size())) {
      garbage.slice(0, (int) range.size()).put(0, new byte[] {1, 2, 3, 4});
      for (int i = 0; i < range.size(); i += 64) {
        garbage.slice(i, 1).put(0, (byte) 0xEE);
      }
      context.copyToDevice(range.address(), garbage.address(), range.size());
    }
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  public long address(int slab) {
    return ranges.get(slab).address();
  }

  @Override
  public void putNames() {
    named = true;
  }

  @Override
  public void commit() throws IOException {
    contents = new ArrayList<>();
    for (int i = 0; i < slabs.size(); i++) {
      byte[] bytes = new byte[(int) slabs.get(i).size()];
      try (NativeMemory copy = NativeMemory.allocate(bytes.length)) {
        context.copyToHost(copy.address(), ranges.get(i).address(), bytes.length);
        copy.slice(0, bytes.length).get(bytes);
      }
      contents.add(bytes);
    }
    committed = named;
  }

  /** What each slab held when it was committed. */
  List<byte[]> contents() {
    return contents;
  }

  boolean isCommitted() {
    return committed;
  }

  /**
   * Waits until a device has all of its memory again: a load that failed doesn't wait for devices,
   * and what they give later is given back then.
   */
  static void awaitFree(CudaDevice device) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    try (CudaContext context = device.openContext()) {
      while (context.memory().freeBytes() < device.totalBytes()) {
        assertTrue(System.nanoTime() - deadline < 0, "memory is missing");
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      for (AddressRange range : ranges) {
        range.close();
      }
      for (DeviceMemory each : memory) {
        each.close();
      }
      context.close();
    }
  }
}
