package io.snapfs.tools.bench;

import io.snapfs.format.SnapfsException;
import io.snapfs.fusefs.Unmount;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Owns a mount for measuring: a process of its own, started by the launcher as a user would, on a
 * temporary directory. It goes with {@link #close}, or with this process.
 */
public final class PrivateMount implements AutoCloseable {
  /** System property in which the launcher says where it is. */
  private static final String LAUNCHER = "snapfs.launcher";

  private final Path directory;
  private final Path mountpoint;
  private final Thread exitHook = new Thread(this::clearQuietly, "snapfs-bench-at-exit");

  private PrivateMount(Path directory) {
    this.directory = directory;
    this.mountpoint = directory.resolve("mnt");
  }

  /**
   * Mounts a store; returns when the mount answers.
   *
   * @param transport name of a transport
   * @throws SnapfsException if it can't be mounted, with what the mount said
   */
  public static PrivateMount start(Path store, String transport) throws IOException {
    String launcher = System.getProperty(LAUNCHER);
    if (launcher == null) {
      throw new SnapfsException(
          "can't mount by itself, since it was not started by bin/snapfs: mount the store, and name"
              + " where with --mount");
    }
    PrivateMount mount = new PrivateMount(Files.createTempDirectory("snapfs-bench-"));
    Runtime.getRuntime().addShutdownHook(mount.exitHook);
    try {
      Files.createDirectory(mount.mountpoint);
      mount.launch(launcher, store, transport);
      return mount;
    } catch (IOException | RuntimeException | Error e) {
      mount.clearQuietly();
      mount.forgetHook();
      throw e;
    }
  }

  private void launch(String launcher, Path store, String transport) throws IOException {
    Path said = directory.resolve("said");
    List<String> command =
        List.of(
            launcher,
            "mount",
            store.toString(),
            mountpoint.toString(),
            "--transport",
            transport,
            "--log",
            directory.resolve("log").toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new SnapfsException("can't mount: " + Files.readString(said).strip());
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while mounting");
      failure.initCause(e);
      throw failure;
    }
  }

  public Path mountpoint() {
    return mountpoint;
  }

  /** Unmounts, and removes the directory. */
  @Override
  public void close() throws IOException {
    Unmount.run(mountpoint);
    clearQuietly();
    forgetHook();
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      // The hook is running.
    }
  }

  /** Removes what is there; a mount that is in use stays, and its directory with it. */
  private void clearQuietly() {
    try {
      Unmount.run(mountpoint);
    } catch (IOException e) {
      // It is not mounted, or somebody else looks into it.
    }
    for (String name : List.of("mnt", "log", "said", "")) {
      try {
        Files.deleteIfExists(directory.resolve(name));
      } catch (IOException e) {
        return; // still mounted
      }
    }
  }
}
