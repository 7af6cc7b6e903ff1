package io.snapfs.restore.pages;

import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.HangupSignal;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Pipes;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Userfaultfd;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Sees to it that the processes whose memory this process owes don't survive it. When this process
 * dies, by whatever cause, the kernel closes its userfaultfds, and pages that are still missing
 * would read as zeros; so the kernel must have killed the processes before.
 *
 * <p>How it works: a pipe's end can be armed so that the kernel sends a signal when the other end,
 * the trigger, is closed ({@link HangupSignal}). At the end of a process its descriptors are closed
 * by number, upwards or downwards as the kernel likes. There are two pipes, one whose trigger has a
 * lower number than all userfaultfds and one whose trigger has a higher one, so one trigger is
 * closed before any userfaultfd either way. A process with SIGKILL pending runs no further
 * instruction of its own after its next page fault, and zeros come by a page fault.
 *
 * <p>Safe for use by many threads; its monitor guards everything.
 */
final class Guard implements AutoCloseable {
  /** The upper trigger gets the highest of these numbers that may be had. */
  private static final int[] HIGH = {1 << 19, 1 << 16, 1 << 14, 1 << 12, 1 << 10, 1 << 8};

  private final Fd lowTrigger;
  private final Fd lowEnd;
  private final Fd highTrigger;
  private final Fd highEnd;
  private final Map<Integer, Fd[]> armed = new HashMap<>();
  private final Set<Integer> known = new HashSet<>();

  /** Makes one that watches nobody. */
  Guard() throws LinuxException {
    Fd[] low = Pipes.create();
    Fd[] high = Pipes.create();
    lowTrigger = low[1];
    lowEnd = low[0];
    highEnd = high[0];
    highTrigger = highest(high[1]);
    high[1].close();
  }

  private static Fd highest(Fd fd) throws LinuxException {
    LinuxException last = null;
    for (int lowest : HIGH) {
      try {
        return Pipes.duplicate(fd, lowest);
      } catch (LinuxException e) {
        last = e; // EINVAL: beyond the limit of this process
      }
    }
    throw last;
  }

  /** Gives a userfaultfd a number between the triggers. */
  synchronized Userfaultfd place(Fd received) throws LinuxException {
    try (received) {
      Fd placed = between(received);
      return Userfaultfd.adopt(placed);
    }
  }

  /**
   * Has a process killed when this process dies.
   *
   * @return false if there is no such process any more
   */
  synchronized boolean watch(int pid) throws LinuxException {
    known.add(pid);
    Fd[] ends = new Fd[2];
    boolean done = false;
    try {
      ends[0] = armedEnd(lowEnd, pid);
      ends[1] = armedEnd(highEnd, pid);
      Fd[] before = armed.put(pid, ends);
      done = true;
      disarm(before);
      return true;
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ESRCH)) {
        return false;
      }
      throw e;
    } finally {
      if (!done) {
        disarm(ends);
      }
    }
  }

  /** Whether a process is watched, or has been. */
  synchronized boolean knows(int pid) {
    return known.contains(pid);
  }

  /** Lets a process live: all of its memory is there. */
  synchronized void release(int pid) {
    disarm(armed.remove(pid));
  }

  /** Forgets a process: its number may become another's. */
  synchronized void forget(int pid) {
    release(pid);
    known.remove(pid);
  }

  private Fd armedEnd(Fd end, int pid) throws LinuxException {
    // An open file of its own, since each can be armed for one process only.
    byte[] path = Names.of("/proc/self/fd/" + end.intValue());
    try (Fd opened = Open.at(Fd.CWD, path, Open.O_RDONLY | Open.O_NONBLOCK)) {
      Fd placed = between(opened);
      boolean done = false;
      try {
        HangupSignal.arm(placed, pid, Processes.SIGKILL);
        done = true;
        return placed;
      } finally {
        if (!done) {
          placed.close();
        }
      }
    }
  }

  private Fd between(Fd fd) throws LinuxException {
    Fd placed = Pipes.duplicate(fd, lowTrigger.intValue() + 1);
    if (placed.intValue() > highTrigger.intValue()) {
      placed.close();
      throw new LinuxException("too many open files to guard one more", Errno.EMFILE, fd.path());
    }
    return placed;
  }

  private static void disarm(Fd[] ends) {
    for (int i = 0; ends != null && i < ends.length && ends[i] != null; i++) {
      ends[i].close();
    }
  }

  /** Watches nobody any more. */
  @Override
  public synchronized void close() {
    armed.values().forEach(Guard::disarm);
    armed.clear();
    lowEnd.close();
    highEnd.close();
    lowTrigger.close();
    highTrigger.close();
  }
}
