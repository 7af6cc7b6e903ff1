package io.snapfs.gms.checkpoint;

import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.CudaException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Owns contexts on devices, to find out how much memory becomes free on them. A device on which no
 * context can be had (it may be full) is left out.
 */
final class DeviceMemoryUse implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DeviceMemoryUse.class.getName());

  private final Deque<CudaContext> contexts = new ArrayDeque<>();
  private final Map<CudaDevice, Long> freeBefore = new HashMap<>();

  /** Looks at all devices. */
  DeviceMemoryUse(Cuda cuda) {
    for (CudaDevice device : cuda.devices()) {
      try {
        CudaContext context = device.openContext();
        contexts.push(context);
        freeBefore.put(device, context.memory().freeBytes());
      } catch (CudaException e) {
        LOG.log(
            Level.WARNING,
            "how much memory {0} gives back is not known: {1}",
            device,
            e.getMessage());
      }
    }
  }

  /** How much has become free since, by device; others may have a share in it. */
  Map<CudaDevice, Long> freed() throws CudaException {
    Map<CudaDevice, Long> freed = new HashMap<>();
    for (CudaContext context : contexts) {
      Long before = freeBefore.get(context.device());
      if (before != null) {
        long more = context.memory().freeBytes() - before;
        freed.put(context.device(), Math.max(0, more));
      }
    }
    return freed;
  }

  @Override
  public void close() {
    for (CudaContext context : contexts) {
      try {
        context.close();
      } catch (CudaException e) {
        LOG.log(
            Level.WARNING, "{0} stays open until this process ends: {1}", context, e.getMessage());
      }
    }
  }
}
