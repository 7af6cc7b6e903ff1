package io.snapfs.tools.command;

import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.load.LoadOptions;
import io.snapfs.gms.load.WeightsCache;
import io.snapfs.gms.session.Rehearsal;
import io.snapfs.tools.console.Failures;
import io.snapfs.tools.console.Text;
import io.snapfs.tools.daemon.Client;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Owns what the loads of a daemon share: pinned memory, in which weights stay, and devices that
 * have been started. Safe for use by many threads.
 */
final class DaemonWeights implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DaemonWeights.class.getName());

  private final long cacheBytes;
  private final List<Integer> devices;
  private WeightsCache cache;
  private boolean closed;

  /**
   * @param cacheBytes for weights that stay; 0: only a ring, through which loads go
   * @param devices that are started at once; others when they are loaded for the first time
   */
  DaemonWeights(long cacheBytes, List<Integer> devices) {
    this.cacheBytes = cacheBytes;
    this.devices = cacheBytes > 0 && devices.isEmpty() ? List.of(0) : devices;
  }

  /** Gets ready for the first load; takes up to some seconds. Logs what is amiss. */
  void warmUp() {
    Optional<String> amiss = devices.isEmpty() ? Cuda.loadFailure() : unavailable();
    if (amiss.isPresent()) {
      LOG.log(Level.INFO, "this daemon can''t load weights: {0}", amiss.get());
      return;
    }
    try {
      for (int device : devices) {
        CudaContext context = GmsDevices.hold(device);
        Rehearsal.run(context);
        cache().pinAhead(context);
      }
      if (!devices.isEmpty()) {
        LOG.log(
            Level.INFO, "ready to load weights, {0} of them pinned", Text.size(cache().bytes()));
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "weights may load slowly, or not at all: {0}", Failures.describe(e));
    }
  }

  /** Why there is no driver; empty if there is one, which has been started then. */
  private static Optional<String> unavailable() {
    Cuda.Availability found = Cuda.find();
    return found.isAvailable() ? Optional.empty() : Optional.of(found.reason());
  }

  /** Made when it is first asked for. */
  synchronized WeightsCache cache() throws IOException {
    if (closed) {
      throw new IOException("the daemon ends");
    }
    if (cache == null) {
      cache = options().newCache(cacheBytes);
    }
    return cache;
  }

  /** How loads of a daemon are done. */
  static LoadOptions options() {
    return LoadOptions.of(Runtime.getRuntime().availableProcessors());
  }

  /** The devices of a client, whose folders and variables count. */
  static GmsDevices devices(Client client, GmsDevices chosen) {
    Path folder;
    if (chosen.sockets() != null) {
      folder = client.workingFolder().resolve(chosen.sockets());
    } else if (client.socketFolder().isEmpty()) {
      folder = Path.of(System.getProperty("java.io.tmpdir"));
    } else {
      folder = client.workingFolder().resolve(client.socketFolder());
    }
    return new GmsDevices(chosen.ordinals(), folder, chosen.timeout());
  }

  /** Why a client has to load by itself; null if it need not. */
  static String refusal(Client client, GmsDevices chosen) {
    if (!client.isInOurPidNamespace()) {
      return "it can't tell whose memory service is meant in another pid namespace";
    }
    if (!client.driver().equals(Client.driverOf(System.getenv()))) {
      return "it has other CUDA devices (SNAPFS_LIBCUDA, CUDA_VISIBLE_DEVICES, CUDA_DEVICE_ORDER)";
    }
    if (!client.seesTheSame(chosen.folder())) {
      return "it does not see the memory service's folder " + chosen.folder();
    }
    return unavailable().map(reason -> "it can't load weights: " + reason).orElse(null);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    if (cache != null) {
      cache.close();
    }
  }
}
