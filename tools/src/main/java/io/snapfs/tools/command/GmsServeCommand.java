package io.snapfs.tools.command;

import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.server.GmsServer;
import io.snapfs.gms.server.ServerOptions;
import io.snapfs.gms.wire.SocketPath;
import io.snapfs.linux.Signals;
import io.snapfs.tools.console.Console;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code snapfs gms serve}: serves device memory until a signal ends it. */
@Command(
    name = "serve",
    description = {
      "Serves memory of devices to workers and loaders: one socket for each device and tag.",
      "Stays in the foreground until SIGTERM, SIGINT or SIGHUP, and frees the memory then; what"
          + " workers have mapped stays good for them. Prints 'ready' when all sockets are there."
    },
    footer = {
      "  snapfs gms serve --socket-dir /run/gms",
      "  snapfs gms serve --socket-dir /run/gms --device 0 --device 1 --tag weights"
    })
final class GmsServeCommand implements Callable<Integer> {
  private static final List<String> ENDING = List.of("TERM", "INT", "HUP");

  @Option(
      names = "--socket-dir",
      paramLabel = "DIR",
      description =
          "Folder of the sockets; it is made if it isn't there. Default: $GMS_SOCKET_DIR, or the"
              + " folder for temporary files.")
  private Path socketFolder;

  @Option(
      names = "--device",
      paramLabel = "N",
      description =
          "Serve this device, a number in the driver's order. May be repeated. Default: all.")
  private List<Integer> devices = List.of();

  @Option(
      names = "--tag",
      paramLabel = "TAG,...",
      split = ",",
      defaultValue = "weights,kv_cache",
      description = "What the memory is for. Default: ${DEFAULT-VALUE}.")
  private List<String> tags;

  @Option(
      names = "--alloc-timeout",
      paramLabel = "SECONDS",
      description =
          "Refuse memory that can't be had within this time. Default: go on trying as long as the"
              + " client waits.")
  private Long allocationTimeout;

  @Spec private CommandSpec spec;

  private final Console console;

  GmsServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = socketFolder == null ? SocketPath.defaultFolder() : socketFolder;
    checkOptions();
    CountDownLatch ended = new CountDownLatch(1);
    ENDING.forEach(signal -> Signals.handle(signal, ended::countDown));
    Deque<GmsServer> servers = new ArrayDeque<>();
    try {
      for (CudaDevice device : devices()) {
        for (String tag : new LinkedHashSet<>(tags)) {
          servers.push(GmsServer.start(device, tag, folder, options()));
          console.print(servers.peek() + " (" + device.name() + ")");
        }
      }
      console.print("ready");
      await(ended);
    } finally {
      closeAll(servers);
    }
    return ExitCode.OK;
  }

  private void checkOptions() {
    try {
      for (String tag : tags) {
        SocketPath.check(tag);
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--tag: " + e.getMessage());
    }
    if (allocationTimeout != null && allocationTimeout < 0) {
      throw new ParameterException(spec.commandLine(), "--alloc-timeout must not be below 0");
    }
  }

  private List<CudaDevice> devices() throws IOException {
    Cuda cuda = Cuda.find().require("to serve its memory");
    if (devices.isEmpty()) {
      return cuda.devices();
    }
    List<CudaDevice> chosen = new ArrayList<>();
    for (int ordinal : new LinkedHashSet<>(devices)) {
      chosen.add(cuda.device(ordinal));
    }
    return chosen;
  }

  private ServerOptions options() {
    ServerOptions defaults = ServerOptions.defaults();
    return new ServerOptions(
        defaults.retryEvery(),
        allocationTimeout == null ? null : Duration.ofSeconds(allocationTimeout),
        defaults.mostConnections());
  }

  private static void await(CountDownLatch ended) throws InterruptedIOException {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while serving");
      failure.initCause(e);
      throw failure;
    }
  }

  /** The last one first; all, also if one fails. */
  private static void closeAll(Deque<GmsServer> servers) throws IOException {
    IOException failure = null;
    for (GmsServer each : servers) {
      try {
        each.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
