package io.snapfs.tools.mounts;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mounts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Takes a snapfs mount away and waits until it is gone. */
public final class Unmount {
  /** Type of our mounts in the mount table. */
  public static final String TYPE = "fuse.snapfs";

  private static final List<String> HELPERS = List.of("fusermount3", "fusermount");
  private static final long GONE_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int HELPER_SECONDS = 30;
  private static final int POLL_MILLIS = 10;

  private Unmount() {}

  /**
   * Unmounts the snapfs that is seen at a mountpoint; returns when it is gone.
   *
   * @throws MissingException if nothing is mounted there
   * @throws SnapfsException if what is mounted there is not ours, or is in use
   */
  public static void run(Path mountpoint) throws IOException {
    MountTable.Entry entry = find(mountpoint);
    if (!entry.type().equals(TYPE)) {
      throw new SnapfsException(
          entry.mountpoint()
              + " is not a snapfs mount but "
              + entry.type()
              + "; unmount it with umount or fusermount");
    }
    unmount(entry.mountpoint());
    awaitGone(entry);
  }

  // The mountpoint itself is asked last: a mount whose server died answers with an error.
  private static MountTable.Entry find(Path mountpoint) throws IOException {
    MountTable table = MountTable.read();
    Path absolute = mountpoint.toAbsolutePath().normalize();
    Optional<MountTable.Entry> entry = Optional.empty();
    if (absolute.getFileName() != null && Files.isDirectory(absolute.getParent())) {
      entry = table.at(absolute.getParent().toRealPath().resolve(absolute.getFileName()));
    }
    if (entry.isEmpty() && Files.exists(absolute)) {
      entry = table.at(absolute.toRealPath());
    }
    return entry.orElseThrow(
        () ->
            new MissingException("nothing is mounted at " + absolute + "; see: mount -t " + TYPE));
  }

  private static void unmount(String mountpoint) throws IOException {
    try {
      Mounts.umount(mountpoint.getBytes(StandardCharsets.UTF_8), Mounts.UMOUNT_NOFOLLOW);
    } catch (LinuxException e) {
      if (e.errno() == Errno.EBUSY) {
        throw busy(mountpoint);
      } else if (e.errno() != Errno.EPERM) {
        throw e;
      }
      unmountUnprivileged(mountpoint);
    }
  }

  private static void unmountUnprivileged(String mountpoint) throws IOException {
    for (String helper : HELPERS) {
      Process process;
      try {
        process = new ProcessBuilder(helper, "-u", mountpoint).redirectErrorStream(true).start();
      } catch (IOException e) {
        continue; // not installed
      }
      String output = outputOf(process);
      if (process.exitValue() == 0) {
        return;
      }
      if (output.contains("busy")) {
        throw busy(mountpoint);
      }
      throw new SnapfsException("cannot unmount " + mountpoint + ": " + output);
    }
    throw new SnapfsException(
        "cannot unmount " + mountpoint + ": neither root nor fusermount3; install package fuse3");
  }

  private static String outputOf(Process process) throws IOException {
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS)) {
        throw new SnapfsException("fusermount does not end; pid " + process.pid());
      }
      return output;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static SnapfsException busy(String mountpoint) {
    return new SnapfsException(
        mountpoint
            + " is in use: a process has a file open or its working directory there;"
            + " 'fuser -vm "
            + mountpoint
            + "' shows which");
  }

  private static void awaitGone(MountTable.Entry entry) throws IOException {
    long start = System.nanoTime();
    while (MountTable.read().contains(entry)) {
      if (System.nanoTime() - start > GONE_WITHIN_NANOS) {
        throw new SnapfsException(entry.mountpoint() + " was unmounted but does not go away");
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException failure = new InterruptedIOException("interrupted while unmounting");
    failure.initCause(cause);
    return failure;
  }
}
