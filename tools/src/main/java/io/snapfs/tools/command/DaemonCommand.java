package io.snapfs.tools.command;

import io.snapfs.format.read.ChunkCache;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Signals;
import io.snapfs.restore.driver.RuntimeFolder;
import io.snapfs.restore.restore.Filling;
import io.snapfs.restore.restore.SharedArtifacts;
import io.snapfs.tools.daemon.Client;
import io.snapfs.tools.daemon.Spool;
import io.snapfs.tools.option.ByteSize;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code snapfs daemon}: a Java that has started already, for the restores of a machine. */
@Command(
    name = "daemon",
    description = {
      "Stays, and fills the memory of what 'snapfs restore' restores on this machine, so that no"
          + " restore waits for the start of Java.",
      "'snapfs restore' finds it by itself. Restores of one artifact at the same time share what is"
          + " read and decoded. SIGTERM ends it when all memory is there; if it is killed, processes"
          + " are killed too whose memory was not complete. For containers, mount its folder into"
          + " them under the same name. Needs root."
    },
    footer = {
      "  snapfs daemon &",
      "  snapfs restore /srv/store worker:v1 --detach",
      "  snapfs daemon --dir /run/node-a/daemon --cache-size 2G"
    })
final class DaemonCommand implements Callable<Integer> {
  private static final Logger LOG = System.getLogger(DaemonCommand.class.getName());

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

  private final ReadySignal signal;

  /**
   * @param signal tells the launcher when clients can come
   */
  DaemonCommand(ReadySignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws IOException {
    Path at = folder == null ? RuntimeFolder.get().resolve("daemon") : folder;
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ChunkCache cache = new ChunkCache(cacheSize.bytes(), processors);
        SharedArtifacts artifacts =
            new SharedArtifacts(cache, Filling.defaults(cacheSize.bytes()))) {
      try (Spool spool = new Spool(at)) {
        for (String name : List.of("TERM", "INT", "HUP")) {
          Signals.handle(name, () -> end(spool));
        }
        LOG.log(Level.INFO, "serving {0}", spool.folder());
        signal.ready();
        threads.execute(DaemonRestore::warmUp);
        for (Client client = spool.next(); client != null; client = spool.next()) {
          DaemonRestore restore = new DaemonRestore(client, artifacts);
          threads.execute(restore);
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

  private static void end(Spool spool) {
    try {
      spool.end();
    } catch (LinuxException e) {
      LOG.log(Level.ERROR, "can't end", e);
    }
  }
}
