package io.snapfs.tools.command;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.Mount;
import io.snapfs.fusefs.Transports;
import io.snapfs.fusefs.UnmountOnSignal;
import io.snapfs.fusefs.rehearsal.Rehearsal;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.MemoryLimit;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Logging;
import io.snapfs.tools.option.ByteSize;
import io.snapfs.tools.option.Declared;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * {@code snapfs mount STORE MOUNTPOINT}. Serves until it is unmounted; going to the background is
 * the launcher's work, see {@link ReadySignal}.
 */
final class MountCommand extends StoreCommand {
  private static final Logger LOG = System.getLogger(MountCommand.class.getName());

  private static final long MOST_CACHE_BYTES = 512L << 20;

  /** Of all memory: as much again is the JVM's own and its heap's, the rest the page cache's. */
  private static final int CACHE_SHARE = 8;

  private final CommandSpec spec;
  private final ReadySignal signal;
  private Path mountpoint;
  private Transport transport;
  private ByteSize cacheSize;
  private Path materialize;
  private ByteSize materializeSize;
  private boolean foreground;
  private List<String> options = List.of();
  private Path record;
  private Path log;
  private boolean noRehearsal;

  /**
   * @param signal tells the launcher when the mount answers
   */
  MountCommand(Console console, ReadySignal signal) {
    super(console);
    this.signal = signal;
    this.spec = CommandSpec.wrapWithoutInspection(this).name("mount");
  }

  /** The command with what it takes. */
  CommandSpec spec() {
    spec.usageMessage()
        .description(
            "Mounts a store: the files of all its artifacts, read-only, as MOUNTPOINT/NAME/TAG/...",
            "Artifacts that are packed later appear within a second. Returns when the mount answers,"
                + " and serves in the background until 'snapfs umount', SIGTERM or SIGINT. A file"
                + " whose chunks are damaged can't be read (EIO), and the log says which.")
        .footer(
            "  snapfs mount /srv/store /mnt",
            "  snapfs mount /srv/store /mnt --cache-size 2G -o allow_other --log /var/log/snapfs.log",
            "  snapfs mount /srv/store /mnt --foreground",
            "  snapfs mount /srv/store /mnt --record /tmp/recording",
            "  snapfs mount /srv/store /mnt --materialize /dev/shm/snapfs --materialize-size 16G");
    spec.addPositional(storeParameter());
    spec.addPositional(
        Declared.parameter(1, Path.class, given -> mountpoint = given)
            .paramLabel("MOUNTPOINT")
            .description("An empty directory.")
            .build());
    spec.addOption(
        Declared.option(Transport.class, given -> transport = given, "--transport")
            .paramLabel("NAME")
            .description(
                "How to talk to the kernel: 'kernel', which needs the right to mount, or 'libfuse', which"
                    + " works without but is slower. Default: the first that can be used here.")
            .build());
    spec.addOption(
        Declared.option(ByteSize.class, given -> cacheSize = given, "--cache-size")
            .paramLabel("SIZE")
            .description(
                "Memory for decoded chunks. Default: 512M, or an eighth of the memory that the machine or"
                    + " the control group has, if that is less.")
            .build());
    spec.addOption(
        Declared.option(Path.class, given -> materialize = given, "--materialize")
            .paramLabel("DIR")
            .description(
                "Keep files that are much used decoded in DIR, a directory on a tmpfs or a disk of this"
                    + " node that all mounts may share; it is made if need be. They are read without"
                    + " decoding; with transport 'kernel' on Linux 6.9 or later, by the kernel itself.")
            .build());
    spec.addOption(
        Declared.option(ByteSize.class, given -> materializeSize = given, "--materialize-size")
            .paramLabel("SIZE")
            .description(
                "Most space that DIR may take; the least recently used files make room. Default: half of"
                    + " what is free there, on a tmpfs at most a quarter of the free memory.")
            .build());
    spec.addOption(
        Declared.flag(given -> foreground = given, "-f", "--foreground")
            .description("Serve in the foreground; the log goes to standard error.")
            .build());
    spec.addOption(
        Declared.texts(given -> options = given, "-o")
            .paramLabel("OPT,...")
            .description(
                "Mount options: allow_other, default_permissions, suid, dev, noexec, direct_io,"
                    + " fsname=TEXT, readahead=KIB. May be repeated. With direct_io, reads bypass the"
                    + " kernel's page cache: for readers that read a file once.")
            .build());
    spec.addOption(
        Declared.option(Path.class, given -> record = given, "--record")
            .paramLabel("FILE")
            .description(
                "Write to FILE, when it is unmounted, in which order chunks were first read; 'snapfs"
                    + " profile add' makes a profile of it.")
            .build());
    spec.addOption(
        Declared.option(Path.class, given -> log = given, "--log")
            .paramLabel("FILE")
            .description(
                "Append the log to FILE. Default: mount-PID.log in $XDG_RUNTIME_DIR/snapfs, or"
                    + " /run/snapfs for root.")
            .build());
    spec.addOption(
        Declared.flag(given -> noRehearsal = given, "--no-rehearsal")
            .description(
                "Don't rehearse: when nobody has read for two seconds, a mount reads samples of the"
                    + " store for some ten seconds, to have Java compile what serves reads;"
                    + " otherwise the first reads are slower.")
            .build());
    Declared.addHelp(spec);
    return spec;
  }

  @Override
  int run(Store store) throws IOException {
    MountOptions mountOptions = mountOptions(store);
    if (log == null) {
      serve(store, mountOptions);
    } else {
      try (PrintStream file = openLog()) {
        Logging.redirect(file);
        serve(store, mountOptions);
      }
    }
    return ExitCode.OK;
  }

  private MountOptions mountOptions(Store store) {
    MountOptions result = MountOptions.defaults(store.location());
    try {
      for (String each : options) {
        result = result.with(each);
      }
      return result;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), e.getMessage() + " (for example: -o allow_other,noexec)");
    }
  }

  /** A signal came and the mount goes on; whoever sent it may end the process by force next. */
  private static void goesOn(String message, RecordingOutput recording) {
    LOG.log(Level.WARNING, message);
    try {
      recording.save();
    } catch (IOException e) {
      LOG.log(Level.WARNING, e.getMessage());
    }
  }

  private PrintStream openLog() throws IOException {
    return new PrintStream(
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
        true,
        StandardCharsets.UTF_8);
  }

  /** A directory that can't be used costs speed, not the mount. */
  private NodeCache openNodeCache() {
    if (materialize == null) {
      if (materializeSize != null) {
        throw new ParameterException(
            spec.commandLine(), "--materialize-size needs --materialize DIR");
      }
      return null;
    }
    if (record != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--record can't see what is read of materialised files: leave out --materialize");
    }
    try {
      long limit = materializeSize == null ? NodeCache.DEFAULT_LIMIT : materializeSize.bytes();
      return NodeCache.open(materialize, limit);
    } catch (SnapfsException e) {
      LOG.log(Level.WARNING, e.getMessage() + "; all files are decoded when they are read");
      return null;
    }
  }

  private long cacheBytes() {
    return cacheSize == null
        ? Math.min(MOST_CACHE_BYTES, MemoryLimit.bytes() / CACHE_SHARE)
        : cacheSize.bytes();
  }

  private void awaitUnmount(Mount mount, Store store, ChunkCache cache)
      throws InterruptedException {
    Rehearsal rehearsal = noRehearsal ? null : Rehearsal.start(store, cache);
    try {
      mount.awaitUnmount();
    } finally {
      if (rehearsal != null) {
        rehearsal.close();
      }
    }
  }

  private void serve(Store store, MountOptions mountOptions) throws IOException {
    Transport chosen = transport == null ? Transports.preferred() : transport;
    int decoders = Runtime.getRuntime().availableProcessors();
    RecordingOutput recording = RecordingOutput.of(record, mountpoint);
    try (ChunkCache cache = new ChunkCache(cacheBytes(), decoders);
        NodeCache node = openNodeCache();
        StoreTree tree = new StoreTree(store, cache, recording.recorder(), node);
        Mount mount = Mount.start(tree, mountpoint, mountOptions, chosen)) {
      UnmountOnSignal.install(mount, message -> goesOn(message, recording));
      LOG.log(
          Level.INFO,
          "{0} is mounted at {1} through {2}{3}",
          store.location(),
          mount.mountpoint(),
          chosen.name(),
          foreground ? "; Ctrl-C unmounts it" : "");
      signal.ready();
      cache.prepare();
      awaitUnmount(mount, store, cache);
      recording.save();
      LOG.log(Level.INFO, "{0} is unmounted", mount.mountpoint());
      if (node != null) {
        LOG.log(Level.INFO, "{0}: {1}", materialize, node.stats());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while serving");
      failure.initCause(e);
      throw failure;
    }
  }
}
