package io.snapfs.restore.files;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import io.snapfs.restore.timeline.Timeline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Owns threads that ask the kernel to read files into its page cache (posix_fadvise, WILLNEED),
 * each file from its start to its end. The kernel has the requests in flight together; what it has
 * already costs nothing. Closing it stops them soon, without waiting. Safe for use by many threads.
 */
public final class FilesAhead implements AutoCloseable {
  private static final Logger LOG = System.getLogger(FilesAhead.class.getName());

  /** So that there are requests while one thread opens the next file. */
  private static final int THREADS = 8;

  /** The kernel takes requests of this size apart itself, and a cancelled restore stops soon. */
  private static final long STEP = 8 << 20;

  private final MappedFiles files;
  private final List<String> paths;
  private final long mostBytes;
  private final Timeline timeline;
  private final String track;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger working = new AtomicInteger(THREADS);
  private final AtomicLong asked = new AtomicLong();
  private final Timeline.Running step;
  private final Runnable whenAsked;
  private volatile boolean closed;

  private FilesAhead(
      MappedFiles files, long mostBytes, Timeline timeline, String track, Runnable whenAsked) {
    this.files = files;
    this.paths = files.paths();
    this.mostBytes = mostBytes;
    this.timeline = timeline;
    this.track = track;
    this.whenAsked = whenAsked;
    this.step = timeline.start(track, "read ahead");
  }

  /**
   * Begins. The threads end by themselves.
   *
   * @param mostBytes after which no more is asked for, so that it doesn't push out what it brings
   * @param track of the timeline
   * @param whenAsked is told when all has been asked for, which is little before it is there
   */
  public static FilesAhead start(
      MappedFiles files, long mostBytes, Timeline timeline, String track, Runnable whenAsked) {
    FilesAhead ahead = new FilesAhead(files, mostBytes, timeline, track, whenAsked);
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(ahead::work, "snapfs-files-ahead-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    return ahead;
  }

  /** How many bytes were asked for so far. */
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

  private void work() {
    try {
      for (int i = next.getAndIncrement(); i < paths.size(); i = next.getAndIncrement()) {
        read(paths.get(i));
      }
    } finally {
      if (working.decrementAndGet() == 0) {
        step.close();
        timeline.mark(track, (asked.get() >> 20) + " MiB asked for");
        whenAsked.run();
      }
    }
  }

  private void read(String path) {
    byte[] name = path.getBytes(StandardCharsets.ISO_8859_1);
    if (!isRegular(name)) {
      return;
    }
    try (Fd file = Open.at(Fd.CWD, name, Open.O_RDONLY | Open.O_NONBLOCK)) {
      for (MappedFiles.Range range : files.ranges(path)) {
        read(file, range);
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

  private void read(Fd file, MappedFiles.Range range) throws LinuxException {
    for (long done = 0; done < range.length() && !closed; done += STEP) {
      long length = Math.min(STEP, range.length() - done);
      if (asked.addAndGet(length) > mostBytes) {
        asked.addAndGet(-length);
        closed = true;
        return;
      }
      FileSync.advise(file, range.offset() + done, length, FileSync.POSIX_FADV_WILLNEED);
    }
  }
}
