package io.snapfs.tools.command;

import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.load.Target;
import io.snapfs.gms.session.GmsTarget;
import io.snapfs.gms.wire.SocketPath;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The devices that a command works on, and the folder of their servers' sockets.
 *
 * @param ordinals in the driver's order; empty: device 0
 * @param sockets null for the default
 * @param timeout how long to wait for a server's lock; null: for ever
 */
record GmsDevices(List<Integer> ordinals, Path sockets, Duration timeout) {
  private static final Logger LOG = System.getLogger(GmsDevices.class.getName());

  private static final String WEIGHTS = "weights";

  private static final Map<Integer, CudaContext> HELD = new HashMap<>();

  GmsDevices {
    ordinals = ordinals == null || ordinals.isEmpty() ? List.of(0) : List.copyOf(ordinals);
  }

  /**
   * Checks what can be checked without a driver.
   *
   * @throws ParameterException if a device is named twice, or a time is below 0
   */
  void check(CommandSpec spec, String option) {
    if (Set.copyOf(ordinals).size() < ordinals.size()) {
      throw new ParameterException(spec.commandLine(), option + ": a device is named twice");
    }
    if (timeout != null && timeout.isNegative()) {
      throw new ParameterException(spec.commandLine(), "--timeout must not be below 0");
    }
  }

  /** One of them, by its place in the list. */
  CudaDevice device(int number) throws IOException {
    return Cuda.find().require("for the weights").device(ordinals.get(number));
  }

  /** Where their servers' sockets are. */
  Path folder() {
    return sockets == null ? SocketPath.defaultFolder() : sockets;
  }

  /** Where its server for weights listens. */
  Path socket(CudaDevice device) {
    return SocketPath.of(folder(), device.uuid(), WEIGHTS);
  }

  /**
   * Starts the driver in the background: that takes longer than looking for the weights. What fails
   * here fails again for who opens them, and is reported then.
   */
  void warmUp() {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int ordinal : ordinals) {
                  hold(ordinal);
                }
              } catch (IOException e) {
                LOG.log(Level.DEBUG, "the driver can't be started", e);
              }
            },
            "start the driver");
    thread.setDaemon(true);
    thread.start();
  }

  /** The context of a device, which exists as long as the process from the first call on. */
  static CudaContext hold(int ordinal) throws IOException {
    CudaDevice device = Cuda.find().require("for the weights").device(ordinal);
    synchronized (HELD) {
      CudaContext held = HELD.get(ordinal);
      if (held == null) {
        held = device.openContext();
        HELD.put(ordinal, held);
      }
      return held;
    }
  }

  /** Opens them to be filled. */
  Target.Opener opener() {
    return (number, layout) -> {
      CudaDevice device = device(number);
      return GmsTarget.open(device, socket(device), timeout, layout);
    };
  }
}
