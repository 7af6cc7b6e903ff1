package io.snapfs.restore.restore;

import io.snapfs.linux.IoPriority;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Processes;
import io.snapfs.linux.SystemInfo;
import io.snapfs.restore.files.FilesAhead;
import io.snapfs.restore.files.MappedFiles;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns what reads files ahead of CRIU and of the processes that it restores. All of it, from the
 * making of the list on, is done by threads that run only while nobody else wants a processor:
 * where everything is in memory already, CRIU would otherwise be started later for it. Closing it
 * stops them soon, without waiting. Safe for use by many threads; its monitor guards everything.
 */
final class AheadOfCriu implements AutoCloseable {
  /** Files are read ahead into this share of the available memory. */
  private static final int MEMORY_SHARE = 4;

  private final Timeline timeline;
  private final List<FilesAhead> started = new ArrayList<>();
  private boolean closed;

  /** Makes a list of files. */
  @FunctionalInterface
  interface Finder {
    MappedFiles find() throws IOException;
  }

  AheadOfCriu(Timeline timeline) {
    this.timeline = timeline;
  }

  /**
   * Begins to read files.
   *
   * @param track of the timeline
   * @param finder is called by another thread; if it fails, nothing is read, since it is advice
   * @param whenAsked is told, in any case, when all has been asked for, which is little before it
   *     is there
   */
  void read(String track, Finder finder, Runnable whenAsked) {
    Thread thread = new Thread(() -> find(track, finder, whenAsked), "snapfs-ahead");
    thread.setDaemon(true);
    thread.start();
  }

  /** The threads that are started here inherit both priorities. */
  private void find(String track, Finder finder, Runnable whenAsked) {
    boolean reading = false;
    try {
      letOthersGoBefore(track);
      reading = start(finder.find(), track, whenAsked);
    } catch (IOException e) {
      // If more is wrong, the next step meets it and says so.
      timeline.mark(track, "not read ahead: " + e.getMessage());
    } finally {
      if (!reading) {
        whenAsked.run();
      }
    }
  }

  private void letOthersGoBefore(String track) {
    try {
      Processes.idleThread(true);
      IoPriority.BEST_EFFORT.take();
    } catch (LinuxException e) {
      timeline.mark(track, "read ahead like everything else: " + e.getMessage());
    }
  }

  private synchronized boolean start(MappedFiles files, String track, Runnable whenAsked)
      throws IOException {
    if (closed || files.isEmpty()) {
      return false;
    }
    long most = SystemInfo.availableMemory() / MEMORY_SHARE;
    started.add(FilesAhead.start(files, most, timeline, track, whenAsked));
    return true;
  }

  /** Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    started.forEach(FilesAhead::close);
  }
}
