package io.snapfs.gms.session;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.client.GmsClient;
import io.snapfs.gms.client.MappedAllocation;
import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.save.CommittedWeights;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.Metadata;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Owns the right to read the committed weights of a device, which are mapped. */
public final class GmsWeights implements CommittedWeights {
  private final GmsClient client;
  private final CudaContext context;
  private final List<MappedAllocation> mapped = new ArrayList<>();
  private final List<Name> names = new ArrayList<>();
  private String layoutHash = "";

  private GmsWeights(GmsClient client, CudaDevice device) throws IOException {
    this.client = client;
    this.context = device.openContext();
  }

  /**
   * Waits until weights are committed, and maps them.
   *
   * @param socket where the device's server listens
   * @param timeout how long to wait; null: for ever
   */
  public static GmsWeights open(CudaDevice device, Path socket, Duration timeout)
      throws IOException {
    GmsClient client = GmsClient.connect(socket, LockRequest.RO, timeout);
    GmsWeights weights = null;
    boolean opened = false;
    try {
      weights = new GmsWeights(client, device);
      weights.read(device);
      opened = true;
      return weights;
    } finally {
      if (!opened) {
        if (weights == null) {
          client.close();
        } else {
          weights.close();
        }
      }
    }
  }

  private void read(CudaDevice device) throws IOException {
    layoutHash = client.layoutHash();
    for (Allocation each : client.list(null)) {
      if (each.size() < 1 || each.size() > each.alignedSize()) {
        throw new SnapfsException(
            "%s: allocation %s of %d bytes has %d"
                .formatted(client, each.id(), each.size(), each.alignedSize()));
      }
      mapped.add(MappedAllocation.map(client, device, each, AddressRange.Access.READ));
    }
    for (String key : client.listMetadata("")) {
      Optional<Metadata> found = client.getMetadata(key);
      if (found.isPresent()) {
        Metadata metadata = found.get();
        names.add(new Name(key, metadata.allocationId(), metadata.offset(), metadata.value()));
      }
    }
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  public List<Allocation> allocations() {
    return mapped.stream().map(MappedAllocation::allocation).toList();
  }

  @Override
  public List<Name> names() {
    return List.copyOf(names);
  }

  @Override
  public String layoutHash() {
    return layoutHash;
  }

  @Override
  public long address(int allocation) {
    return mapped.get(allocation).address();
  }

  @Override
  public void close() throws IOException {
    try (client;
        context) {
      while (!mapped.isEmpty()) {
        mapped.remove(mapped.size() - 1).close();
      }
    }
  }
}
