package io.snapfs.fusefs;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mounts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Takes a snapfs mount away, from whatever process. */
public final class Unmount {
  private static final List<String> HELPERS = List.of("fusermount3", "fusermount");
  private static final long GONE_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int HELPER_SECONDS = 30;
  private static final int POLL_MILLIS = 10;

  private Unmount() {}

  /**
   * Unmounts the snapfs that is seen at a mountpoint; returns when it is gone. If its process is
   * dead, whoever still waits for that gets an error.
   *
   * @throws MissingException if nothing is mounted there
   * @throws MountBusyException if it is in use
   * @throws SnapfsException if what is mounted there is not ours
   */
  public static void run(Path mountpoint) throws IOException {
    Mountpoint target = Mountpoint.of(mountpoint);
    MountTable.Entry entry =
        target
            .mounted()
            .orElseThrow(
                () ->
                    new MissingException(
                        "nothing is mounted at %s; see: mount -t %s"
                            .formatted(target, Mountpoint.TYPE)));
    if (!entry.type().equals(Mountpoint.TYPE)) {
      throw new SnapfsException(
          "%s is not a snapfs mount but %s; unmount it with umount or fusermount"
              .formatted(target, entry.type()));
    }
    try {
      unmount(target);
    } catch (MountBusyException e) {
      if (!Mountpoint.isOrphaned(entry)) {
        throw e;
      }
      target.clearDead(); // those who wait for its dead process are what keeps it busy
    }
    awaitGone(target, entry);
  }

  /**
   * Unmounts what is seen at the mountpoint.
   *
   * @throws MountBusyException if it is in use
   */
  static void unmount(Mountpoint target) throws IOException {
    unmount(target, 0);
  }

  /** Takes it out of sight now; it ends when its last user has gone. */
  static void detach(Mountpoint target) throws IOException {
    unmount(target, Mounts.MNT_DETACH);
  }

  /** Cuts the connection to the kernel: whoever uses the mount gets errors. Needs root. */
  static void abort(Mountpoint target) {
    try {
      Mounts.umount(target.bytes(), Mounts.UMOUNT_NOFOLLOW | Mounts.MNT_FORCE);
    } catch (LinuxException e) {
      // EBUSY is what it says after it has cut the connection of a mount in use.
    }
  }

  private static void unmount(Mountpoint target, int flags) throws IOException {
    try {
      Mounts.umount(target.bytes(), Mounts.UMOUNT_NOFOLLOW | flags);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.EBUSY)) {
        throw new MountBusyException(target.toString());
      } else if (!e.isErrno(Errno.EPERM)) {
        throw e;
      }
      unmountUnprivileged(target, flags);
    }
  }

  private static void unmountUnprivileged(Mountpoint target, int flags) throws IOException {
    for (String helper : HELPERS) {
      List<String> command = new ArrayList<>(List.of(helper, "-u"));
      if (flags == Mounts.MNT_DETACH) {
        command.add("-z");
      }
      command.addAll(List.of("--", target.toString()));
      Process process;
      try {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        continue; // not installed
      }
      String output = outputOf(process);
      if (process.exitValue() == 0) {
        return;
      }
      if (output.contains("busy")) {
        throw new MountBusyException(target.toString());
      }
      throw new SnapfsException("can't unmount " + target + ": " + output);
    }
    throw new SnapfsException(
        "can't unmount " + target + ": neither root nor fusermount3; install the package fuse3");
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

  private static void awaitGone(Mountpoint target, MountTable.Entry entry) throws IOException {
    long start = System.nanoTime();
    while (MountTable.read().contains(entry)) {
      if (System.nanoTime() - start > GONE_WITHIN_NANOS) {
        throw new SnapfsException(target + " was unmounted but does not go away");
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
