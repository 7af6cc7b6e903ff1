package io.snapfs.restore.files;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Open;
import io.snapfs.linux.PageCache;
import io.snapfs.linux.Stat;
import io.snapfs.restore.timeline.Timeline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has the kernel read files into its page cache (posix_fadvise, WILLNEED), each file from its start
 * to its end. One thread looks what is needed first and isn't in memory. If something isn't, others
 * are started: all of that is asked for at once, and the kernel has the requests in flight
 * together; the rest follows little by little, so that the disk is free for who waits for it.
 * Closing it stops them soon, without waiting. {@link #run} is for one thread, the rest for many.
 *
 * <p>Where all was in memory that is needed first, the rest is taken to be there too, and is not
 * asked for.
 */
public final class FilesAhead implements Runnable, AutoCloseable {
  private static final Logger LOG = System.getLogger(FilesAhead.class.getName());

  /** Where something is missing: so that there are requests while one opens the next file. */
  private static final int MOST_THREADS = 8;

  /** The kernel takes requests of this size apart itself, and a cancelled restore stops soon. */
  private static final long STEP = 8 << 20;

  /** So many of the threads go on with the rest, */
  private static final int RESTS_THREADS = 4;

  /** each of them with so many bytes in flight. */
  private static final long RESTS_STEP = 1 << 20;

  private final List<MappedFiles.Part> first;
  private final List<MappedFiles.Part> rest;
  private final long mostBytes;
  private final Timeline timeline;
  private final String track;
  private final AtomicInteger nextFirst = new AtomicInteger();
  private final AtomicInteger nextRest = new AtomicInteger();
  private final AtomicInteger working = new AtomicInteger(1);
  private final AtomicLong asked = new AtomicLong();
  private final AtomicBoolean cold = new AtomicBoolean();
  private final Timeline.Running step;
  private final Runnable whenAsked;
  private volatile boolean closed;

  /**
   * Is to be {@linkplain #run run}.
   *
   * @param mostBytes after which no more is asked for, so that it doesn't push out what it brings
   * @param track of the timeline
   * @param whenAsked is told when all has been asked for, which is little before it is there
   */
  public FilesAhead(
      MappedFiles files, long mostBytes, Timeline timeline, String track, Runnable whenAsked) {
    this.first = files.first();
    this.rest = files.later();
    this.mostBytes = mostBytes;
    this.timeline = timeline;
    this.track = track;
    this.whenAsked = whenAsked;
    this.step = timeline.start(track, "read ahead");
  }

  /** Asks; others may go on when this returns. */
  @Override
  public void run() {
    work(true);
  }

  /** They inherit the priorities of this thread. */
  private void startOthers() {
    int threads = Math.min(MOST_THREADS, first.size() + rest.size());
    for (int i = 1; i < threads; i++) {
      boolean goesOn = i < RESTS_THREADS;
      Thread thread = new Thread(() -> work(goesOn), "snapfs-files-ahead-" + i);
      thread.setDaemon(true);
      working.incrementAndGet();
      thread.start();
    }
  }

  /** How many bytes were asked for so far, with those that were in memory. */
  public long askedBytes() {
    return asked.get();
  }

  /** Whether all has been asked for. */
  public boolean isDone() {
    return working.get() == 0;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void work(boolean goesOn) {
    try {
      read(first, nextFirst, STEP, false);
      if (goesOn && cold.get()) {
        read(rest, nextRest, RESTS_STEP, true);
      }
    } finally {
      if (working.decrementAndGet() == 0) {
        step.close();
        timeline.mark(track, (asked.get() >> 20) + " MiB asked for");
        whenAsked.run();
      }
    }
  }

  private void read(
      List<MappedFiles.Part> parts, AtomicInteger next, long mostAtOnce, boolean waits) {
    for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
      read(parts.get(i), mostAtOnce, waits);
    }
  }

  private void read(MappedFiles.Part part, long mostAtOnce, boolean waits) {
    byte[] name = part.path().getBytes(StandardCharsets.ISO_8859_1);
    if (!isRegular(name)) {
      return;
    }
    try (Fd file = Open.at(Fd.CWD, name, Open.O_RDONLY | Open.O_NONBLOCK)) {
      for (MappedFiles.Range range : part.ranges()) {
        read(file, range, mostAtOnce, waits);
      }
    } catch (LinuxException e) {
      // It is advice. CRIU tells who restores what is missing.
      LOG.log(Level.DEBUG, "not read ahead", e);
    }
  }

  /** The artifact names the file: opening a device can do things, so it is looked at first. */
  private static boolean isRegular(byte[] name) {
    try {
      return Stat.statAt(Fd.CWD, name).isRegular();
    } catch (LinuxException e) {
      return false; // missing, or not to be reached
    }
  }

  private void read(Fd file, MappedFiles.Range range, long mostAtOnce, boolean waits)
      throws LinuxException {
    for (long done = 0; done < range.length() && !closed; done += mostAtOnce) {
      long length = Math.min(mostAtOnce, range.length() - done);
      if (asked.addAndGet(length) > mostBytes) {
        asked.addAndGet(-length);
        closed = true;
        return;
      }
      long offset = range.offset() + done;
      if (PageCache.holds(file, offset, length)) {
        continue;
      }
      if (cold.compareAndSet(false, true)) {
        startOthers();
      }
      FileSync.advise(file, offset, length, FileSync.POSIX_FADV_WILLNEED);
      if (waits) {
        FileIo.pread(file, ByteBuffer.allocateDirect(1), offset + length - 1);
      }
    }
  }
}
