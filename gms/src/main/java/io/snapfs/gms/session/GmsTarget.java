package io.snapfs.gms.session;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.client.GmsClient;
import io.snapfs.gms.client.MappedAllocation;
import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.load.Target;
import io.snapfs.gms.weights.WeightsLayout;
import io.snapfs.gms.weights.WeightsLayout.Name;
import io.snapfs.gms.weights.WeightsLayout.Slab;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.Metadata;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns the right to write the weights of a device, whose slabs are allocated and mapped. What was
 * there before is gone.
 */
public final class GmsTarget implements Target {
  private final GmsClient client;
  private final CudaDevice device;
  private final CudaContext context;
  private final WeightsLayout layout;
  private final long lockNanos;
  private final List<MappedAllocation> slabs = new ArrayList<>();

  private GmsTarget(GmsClient client, CudaDevice device, WeightsLayout layout, long lockNanos)
      throws IOException {
    this.client = client;
    this.device = device;
    this.layout = layout;
    this.lockNanos = lockNanos;
    this.context = device.openContext();
  }

  /**
   * Takes the lock and allocates.
   *
   * @param socket where the device's server listens
   * @param timeout how long to wait for the lock; null: for ever
   */
  public static GmsTarget open(
      CudaDevice device, Path socket, Duration timeout, WeightsLayout layout) throws IOException {
    long start = System.nanoTime();
    GmsClient client = GmsClient.connect(socket, LockRequest.RW, timeout);
    GmsTarget target = null;
    boolean opened = false;
    try {
      target = new GmsTarget(client, device, layout, System.nanoTime() - start);
      target.allocate();
      opened = true;
      return target;
    } finally {
      if (!opened) {
        if (target == null) {
          client.close();
        } else {
          target.close();
        }
      }
    }
  }

  private void allocate() throws IOException {
    for (Slab slab : layout.slabs()) {
      Allocation made = client.allocate(slab.size(), slab.tag());
      if (made.alignedSize() < slab.size()) {
        throw new SnapfsException(
            "%s: an allocation of %d bytes was asked for, one of %d was made"
                .formatted(client, slab.size(), made.alignedSize()));
      }
      slabs.add(MappedAllocation.map(client, device, made, AddressRange.Access.READ_WRITE));
    }
  }

  @Override
  public long lockNanos() {
    return lockNanos;
  }

  @Override
  public void putNames() throws IOException {
    for (Name name : layout.names()) {
      String id = slabs.get(name.slab()).allocation().id();
      client.putMetadata(name.key(), new Metadata(id, name.offset(), name.value()));
    }
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  public long address(int slab) {
    return slabs.get(slab).address();
  }

  /** Unmapping takes milliseconds, in which others would wait: that is left to {@link #close}. */
  @Override
  public void commit() throws IOException {
    context.synchronize();
    client.commit();
  }

  private void unmap() throws IOException {
    while (!slabs.isEmpty()) {
      slabs.remove(slabs.size() - 1).close();
    }
  }

  @Override
  public void close() throws IOException {
    try (client;
        context) {
      unmap();
    }
  }
}
