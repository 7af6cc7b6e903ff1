package io.snapfs.fusefs.tree;

import io.snapfs.format.CorruptException;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.linux.Errno;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Turns failures into EIO for the reader and a line in the log for the operator: one line a minute
 * for the same place, since a reader that retries would fill the disk. Safe for use by many
 * threads.
 */
final class FailureLog {
  private static final System.Logger LOG = System.getLogger("io.snapfs.fusefs");
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int PLACES = 1000;

  private final Map<String, Long> loggedAt =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > PLACES;
        }
      };

  /** Logs a failure and returns what the caller of the system call gets to see. */
  ErrnoException eio(IOException failure) {
    log(failure);
    return new ErrnoException(Errno.EIO);
  }

  /** Logs a failure that no caller gets to see. */
  void log(IOException failure) {
    if (isNew(place(failure))) {
      LOG.log(System.Logger.Level.ERROR, failure.getMessage());
    }
  }

  private static String place(IOException failure) {
    return failure instanceof CorruptException damage
        ? damage.resource() + " " + damage.offset()
        : String.valueOf(failure.getMessage());
  }

  private synchronized boolean isNew(String place) {
    long now = System.nanoTime();
    Long last = loggedAt.get(place);
    if (last != null && now - last < QUIET_NANOS) {
      return false;
    }
    loggedAt.put(place, now);
    return true;
  }
}
