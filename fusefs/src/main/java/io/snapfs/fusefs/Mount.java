package io.snapfs.fusefs;

import io.snapfs.format.SnapfsException;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Owns a mount and the threads that serve it.
 *
 * <p>It ends when somebody unmounts it: this process ({@link #unmount}, {@link #close}) or another
 * one. A JVM that exits while it is mounted takes it out of sight first. Safe for use by many
 * threads.
 */
public final class Mount implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Mount.class.getName());
  private static final long ANSWER_WITHIN_SECONDS = 30;
  private static final long END_WITHIN_MILLIS = 10_000;

  private final Mountpoint mountpoint;
  private final Transport.Session session;
  private final Thread exitHook = new Thread(this::detachAtExit, "snapfs-unmount-at-exit");
  private volatile MountOwner owner;
  private volatile MountTable.Entry entry;
  private boolean released;

  private Mount(Mountpoint mountpoint, Transport.Session session) {
    this.mountpoint = mountpoint;
    this.session = session;
  }

  /**
   * Mounts; returns when the mount answers.
   *
   * @param view what to serve; it stays the caller's, to be closed after the mount
   * @param mountpoint an empty directory on which nothing is mounted, or only a snapfs whose
   *     process has died
   * @throws SnapfsException if it can't be mounted there, with a message for the user; nothing
   *     stays mounted
   */
  public static Mount start(
      FileSystemView view, Path mountpoint, MountOptions options, Transport transport)
      throws IOException {
    Mountpoint target = Mountpoint.of(mountpoint);
    target.prepare();
    Mount mount = new Mount(target, transport.mount(view, target.bytes(), options));
    try {
      Runtime.getRuntime().addShutdownHook(mount.exitHook);
      mount.awaitAnswer();
      MountTable.Entry entry =
          target
              .mounted()
              .orElseThrow(() -> new SnapfsException(target + " was unmounted at once"));
      mount.entry = entry;
      Readahead.set(entry, options.readaheadKib());
      mount.owner = MountOwner.record(entry);
      return mount;
    } catch (IOException | RuntimeException | Error e) {
      mount.close();
      throw e;
    }
  }

  /** Asks the mount for its root's attributes: nothing here must be able to wait for itself. */
  private void awaitAnswer() throws IOException {
    try {
      Stat root =
          Answer.await(() -> Stat.statAt(Fd.CWD, mountpoint.bytes()), ANSWER_WITHIN_SECONDS);
      if (root.ino() != FileSystemView.ROOT) {
        throw new SnapfsException(mountpoint + " was unmounted at once");
      }
    } catch (ExecutionException e) {
      throw new SnapfsException(
          "the mount at " + mountpoint + " does not answer: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new SnapfsException("the mount at " + mountpoint + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SnapfsException("interrupted while mounting at " + mountpoint, e);
    }
  }

  /** Where it is mounted: an absolute path without symbolic links. */
  public String mountpoint() {
    return mountpoint.toString();
  }

  /**
   * Waits until the mount has ended, by whomever, and no file of it is open any more; then frees
   * what it holds.
   */
  public void awaitUnmount() throws InterruptedException {
    session.awaitEnd(0);
    release();
  }

  /**
   * Unmounts and waits for the end. Without effect if it has ended.
   *
   * @throws MountBusyException if it is in use; it goes on as before
   */
  public void unmount() throws IOException {
    if (isSeen()) {
      Unmount.unmount(mountpoint);
    }
    awaitEndAndRelease();
  }

  /**
   * Takes the mount out of sight; files that are open go on reading. {@link #awaitUnmount} returns
   * when the last is closed.
   */
  public void detach() throws IOException {
    if (isSeen()) {
      Unmount.detach(mountpoint);
    }
  }

  /**
   * Whether it is what is seen at the mountpoint. When it is out of sight, or another one is
   * mounted over it, what is there is somebody else's and stays.
   */
  private boolean isSeen() throws IOException {
    return !hasEnded() && isNamed();
  }

  private boolean isNamed() throws IOException {
    MountTable.Entry own = entry;
    Optional<MountTable.Entry> now = mountpoint.mounted();
    return own == null ? now.isPresent() : now.equals(Optional.of(own));
  }

  /** Unmounts; if it is in use, its users get errors from then on. Idempotent. */
  @Override
  public void close() throws IOException {
    try {
      unmount();
    } catch (MountBusyException e) {
      cutOff();
      awaitEndAndRelease();
    }
  }

  private void cutOff() throws IOException {
    Unmount.abort(mountpoint);
    try {
      Unmount.detach(mountpoint);
    } catch (LinuxException e) {
      if (isNamed()) {
        throw e;
      } // else whoever waited for its end has cleared it away
    }
  }

  private boolean hasEnded() {
    try {
      return session.awaitEnd(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void awaitEndAndRelease() {
    try {
      if (session.awaitEnd(END_WITHIN_MILLIS)) {
        release();
      } else {
        LOG.log(
            System.Logger.Level.WARNING,
            mountpoint
                + " is unmounted but files of it are still open; they are served until closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void release() {
    if (released) {
      return;
    }
    released = true;
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down, and the hook finds that there is nothing to do.
    }
    session.close();
    if (owner != null) {
      owner.close();
    }
    try {
      mountpoint.clearDead(); // it ended by being cut off, not by being unmounted
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "can't look after " + mountpoint, e);
    }
  }

  /**
   * Its users lose it with this process, so they are cut off: those who wait for an answer could
   * hold up the process's end (see {@link MountOwner}).
   */
  private void detachAtExit() {
    try {
      try {
        if (isSeen()) {
          Unmount.unmount(mountpoint);
        }
      } catch (MountBusyException e) {
        cutOff();
      }
      if (owner != null) {
        owner.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, mountpoint + " stays mounted: " + e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "mount at " + mountpoint;
  }
}
