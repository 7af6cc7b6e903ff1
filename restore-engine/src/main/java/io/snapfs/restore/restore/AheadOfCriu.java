package io.snapfs.restore.restore;

import io.snapfs.linux.IoPriority;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Processes;
import io.snapfs.linux.SystemInfo;
import io.snapfs.restore.files.FilesAhead;
import io.snapfs.restore.files.MappedFiles;
import io.snapfs.restore.threads.StandingThreads;
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
  private final StandingThreads threads;
  private final List<FilesAhead> started = new ArrayList<>();
  private boolean closed;

  /** Makes a list of files. */
  @FunctionalInterface
  interface Finder {
    MappedFiles find() throws IOException;
  }

  /**
   * @param threads are given a low priority for good; stay the caller's
   */
  AheadOfCriu(Timeline timeline, StandingThreads threads) {
    this.timeline = timeline;
    this.threads = threads;
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
    threads.run(() -> find(track, finder, whenAsked));
  }

  /** The threads that are started here inherit both priorities. */
  private void find(String track, Finder finder, Runnable whenAsked) {
    FilesAhead ahead = null;
    try {
      letOthersGoBefore(track);
      ahead = begin(finder.find(), track, whenAsked);
    } catch (IOException e) {
      // If more is wrong, the next step meets it and says so.
      timeline.mark(track, "not read ahead: " + e.getMessage());
    } finally {
      if (ahead == null) {
        whenAsked.run();
      }
    }
    if (ahead != null) {
      ahead.run();
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

  private synchronized FilesAhead begin(MappedFiles files, String track, Runnable whenAsked)
      throws IOException {
    if (closed || files.isEmpty()) {
      return null;
    }
    long most = SystemInfo.availableMemory() / MEMORY_SHARE;
    FilesAhead ahead = new FilesAhead(files, most, timeline, track, whenAsked);
    started.add(ahead);
    return ahead;
  }

  /** Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    started.forEach(FilesAhead::close);
  }
}
