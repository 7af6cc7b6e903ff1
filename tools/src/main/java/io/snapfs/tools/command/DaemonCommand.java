package io.snapfs.tools.command;

import io.snapfs.format.read.ChunkCache;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.MemoryLimit;
import io.snapfs.linux.Signals;
import io.snapfs.restore.driver.RuntimeFolder;
import io.snapfs.restore.restore.Filling;
import io.snapfs.restore.restore.SharedArtifacts;
import io.snapfs.tools.console.Text;
import io.snapfs.tools.daemon.Client;
import io.snapfs.tools.daemon.Spool;
import io.snapfs.tools.option.ByteSize;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code snapfs daemon}: a Java that has started already, for the restores of a machine. */
@Command(
    name = "daemon",
    description = {
      "Stays, and fills the memory of what 'snapfs restore' restores on this machine, so that no"
          + " restore waits for the start of Java; loads weights for 'snapfs gms load' and 'restore"
          + " --gms-load', so that none waits for the start of the driver.",
      "Both find it by themselves. Restores of one artifact at the same time share what is"
          + " read and decoded. SIGTERM ends it when all memory is there; if it is killed, processes"
          + " are killed too whose memory was not complete. For containers, mount its folder into"
          + " them under the same name. Needs root."
    },
    footer = {
      "  snapfs daemon &",
      "  snapfs restore /srv/store worker:v1 --detach",
      "  snapfs daemon --dir /run/node-a/daemon --cache-size 2G",
      "  snapfs daemon --weights-cache 16G --device 0 --device 1"
    })
final class DaemonCommand implements Callable<Integer> {
  private static final Logger LOG = System.getLogger(DaemonCommand.class.getName());

  /** To start one when a client has come would keep that waiting. */
  private static final int STANDING_THREADS = 2;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where clients find it. Default: /run/snapfs/daemon.")
  private Path folder;

  @Option(
      names = "--cache-size",
      paramLabel = "SIZE",
      defaultValue = "512M",
      description = "Memory for decoded chunks. Default: ${DEFAULT-VALUE}.")
  private ByteSize cacheSize;

  @Option(
      names = "--weights-cache",
      paramLabel = "SIZE",
      defaultValue = "0",
      description =
          "Pinned memory in which weights stay decoded for the next 'snapfs gms load' or 'restore"
              + " --gms-load'. Default, and the least: what loads go through, 512 MiB or 16 MiB for"
              + " each core, taken by the first.")
  private ByteSize weightsCache;

  @Option(
      names = "--device",
      paramLabel = "N",
      description =
          "A device, from 0 on, to be started at once for weights: it takes about 0.5 GiB of its"
              + " memory. May be repeated. Default: 0 with --weights-cache; others at their first"
              + " load.")
  private List<Integer> devices = List.of();

  @Option(
      names = "--detach",
      description = "Go to the background, and return when clients can come.")
  @SuppressWarnings("UnusedVariable") // for the launcher, as what follows
  private boolean detach;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "Append the log to FILE. Default: standard error, with --detach a"
              + " file as for 'snapfs restore'.")
  @SuppressWarnings("UnusedVariable")
  private Path log;

  @Spec private CommandSpec spec;

  private final ReadySignal signal;

  /**
   * @param signal tells the launcher when clients can come
   */
  DaemonCommand(ReadySignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws IOException {
    checkWeights();
    Path at = folder == null ? RuntimeFolder.get().resolve("daemon") : folder;
    int processors = Runtime.getRuntime().availableProcessors();
    ThreadPoolExecutor threads = (ThreadPoolExecutor) Executors.newCachedThreadPool();
    threads.setCorePoolSize(STANDING_THREADS);
    try (ChunkCache cache = new ChunkCache(cacheSize.bytes(), processors);
        SharedArtifacts artifacts =
            new SharedArtifacts(cache, Filling.defaults(cacheSize.bytes()));
        DaemonWeights weights = new DaemonWeights(weightsCache.bytes(), List.copyOf(devices))) {
      try (Spool spool = new Spool(at)) {
        for (String name : List.of("TERM", "INT", "HUP")) {
          Signals.handle(name, () -> end(spool));
        }
        LOG.log(Level.INFO, "serving {0}", spool.folder());
        signal.ready();
        threads.execute(cache::prepare);
        threads.execute(DaemonRequest::warmUp);
        threads.execute(weights::warmUp);
        for (Client client = spool.next(); client != null; client = spool.next()) {
          threads.execute(new DaemonRequest(client, artifacts, weights));
          artifacts.closeIdle();
        }
      }
      LOG.log(Level.INFO, "ending, when all memory is there");
      threads.shutdown();
      while (!threads.awaitTermination(1, TimeUnit.HOURS)) {
        LOG.log(Level.INFO, "restores are still going on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILURE;
    } finally {
      threads.shutdownNow();
    }
    return ExitCode.OK;
  }

  private void checkWeights() {
    if (Set.copyOf(devices).size() < devices.size()) {
      throw new ParameterException(spec.commandLine(), "--device: a device is named twice");
    }
    long limit = MemoryLimit.bytes();
    if (weightsCache.bytes() > limit) {
      throw new ParameterException(
          spec.commandLine(),
          "--weights-cache: "
              + Text.size(weightsCache.bytes())
              + " can't be pinned, this process may use "
              + Text.size(limit));
    }
  }

  private static void end(Spool spool) {
    try {
      spool.end();
    } catch (LinuxException e) {
      LOG.log(Level.ERROR, "can't end", e);
    }
  }
}
