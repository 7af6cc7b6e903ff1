package io.snapfs.fusefs.kernel;

import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import java.util.HashMap;
import java.util.Map;

/**
 * How the opens of each inode are served: out of the kernel's page cache, which asks us, or past us
 * from a backing file. Safe for use by many threads; its monitor guards everything.
 *
 * <p>The kernel demands that the opens of an inode that exist at one time agree, to the very number
 * of the backing file; it fails an open that does not. So the first open of an inode decides, and
 * the decision stands until the last has been released. Beside opens in the page cache, one whose
 * backing file appeared late goes there too. Beside opens that pass through to a file that has been
 * found altered since, one can't be had: it fails, rather than read what they may read.
 *
 * <p>An open counts from before its answer to its release, which is longer than the kernel counts
 * it, so that the two never disagree.
 */
final class Backings {
  /** Answers to {@link #opened} that are not numbers of backing files (those are above 0). */
  static final int CACHED = 0;

  static final int REFUSED = -1;

  /** Who makes files known to the kernel. */
  interface Registry {
    /**
     * Makes a file known, which then stays open for the kernel even if it is closed here.
     *
     * @return its number, above 0
     */
    int register(Fd file) throws LinuxException;

    /** The number is no longer used; opens that have it go on. */
    void unregister(int number) throws LinuxException;
  }

  private static final System.Logger LOG = System.getLogger(Backings.class.getName());

  /** The opens of an inode. */
  private static final class Opens {
    final Fd backing; // null: in the page cache
    final int number;
    int count;

    Opens(Fd backing, int number) {
      this.backing = backing;
      this.number = number;
    }
  }

  private final Map<Long, Opens> inodes = new HashMap<>();
  private final Registry registry;
  private boolean usable;

  /** Knows a kernel that has agreed on {@link InitFlags#PASSTHROUGH}. */
  Backings(Registry registry) {
    this.registry = registry;
    this.usable = registry != null;
  }

  /** Everything goes through the page cache. */
  static Backings none() {
    return new Backings(null);
  }

  /**
   * Somebody opens an inode; {@link #released} must follow unless it is refused.
   *
   * @param file a file that could back it, null if there is none
   * @return the number of its backing file, {@link #CACHED} or {@link #REFUSED}
   */
  synchronized int opened(long inode, Fd file) {
    Opens opens = inodes.get(inode);
    if (opens == null) {
      opens = file == null ? new Opens(null, CACHED) : firstOf(file);
      inodes.put(inode, opens);
    }
    if (opens.backing != null && opens.backing != file) {
      return REFUSED;
    }
    opens.count++;
    return opens.number;
  }

  private Opens firstOf(Fd file) {
    if (usable) {
      try {
        return new Opens(file, registry.register(file));
      } catch (LinuxException e) {
        usable = false; // a filesystem that is stacked too high, for one: it stays so
        LOG.log(
            System.Logger.Level.WARNING,
            "the kernel can't read materialised files by itself, this process reads them for it: "
                + e.getMessage());
      }
    }
    return new Opens(null, CACHED);
  }

  /** An open is over: the kernel has released it, or it was never answered. */
  synchronized void released(long inode) {
    Opens opens = inodes.get(inode);
    if (opens == null || --opens.count > 0) {
      return;
    }
    inodes.remove(inode);
    if (opens.backing != null) {
      try {
        registry.unregister(opens.number);
      } catch (LinuxException e) {
        LOG.log(System.Logger.Level.WARNING, "the kernel keeps a materialised file open", e);
      }
    }
  }

  /** The connection has ended, and with it what the kernel knew. */
  synchronized void forgetAll() {
    inodes.clear();
  }
}
