package io.snapfs.format.node;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file of an artifact, watched: how often it is opened and how much of it is read decide whether
 * it is worth materialising, and when. Safe for use by many threads.
 */
public final class HotFile {
  /** A file is hot when it was opened as often, or when this part of it was read. */
  private static final int HOT_OPENS = 2;

  private static final int HOT_PART = 4;

  /** What an open is worth, in bytes that are read. */
  private static final long OPEN_WORTH = 1 << 20;

  private static final double HALF_LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long REFUSED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final NodeCache cache;
  private final FileSource source;
  private final AtomicLong bytesRead = new AtomicLong();
  private final AtomicLong opens = new AtomicLong();
  private volatile long lastUse = System.nanoTime();
  private volatile long quietUntil = lastUse;
  private volatile boolean ordered;
  private volatile boolean lookedFor;
  private volatile FileKey key;

  HotFile(NodeCache cache, FileSource source) {
    this.cache = cache;
    this.source = source;
  }

  /**
   * It is opened.
   *
   * @return the materialised file, which the caller closes; null if it is to be decoded
   */
  public NodeFile opened() {
    lastUse = System.nanoTime();
    opens.incrementAndGet();
    FileKey known = key;
    NodeFile file = known == null ? null : cache.acquire(known);
    if (file == null) {
      order();
    }
    return file;
  }

  /** Bytes of it were decoded for somebody. Allocates nothing, but to order it. */
  public void read(int count) {
    cache.demand(count);
    lastUse = System.nanoTime();
    if (bytesRead.addAndGet(count) >= hotBytes() && !ordered) {
      order();
    }
  }

  private long hotBytes() {
    return source.node().size() / HOT_PART;
  }

  boolean isHot() {
    return opens.get() >= HOT_OPENS || bytesRead.get() >= hotBytes();
  }

  /** What is gained by materialising it before others. */
  double score(long now) {
    long worth = bytesRead.get() + opens.get() * OPEN_WORTH;
    return worth * Math.pow(0.5, (now - lastUse) / HALF_LIFE_NANOS);
  }

  /** Has it looked for or filled, if that may do any good now. */
  private void order() {
    if (lookedFor && (!isHot() || System.nanoTime() - quietUntil < 0)) {
      return;
    }
    synchronized (this) {
      if (!ordered) {
        ordered = true; // before a worker can be done with it
        if (!cache.order(this)) {
          ordered = false;
        }
      }
    }
  }

  /**
   * What was ordered has been done, or can't be.
   *
   * @param there whether the file can be handed out now
   * @param refused whether it is better not tried again soon
   */
  void done(boolean there, boolean refused) {
    lookedFor = true;
    if (refused) {
      quietUntil = System.nanoTime() + REFUSED_NANOS;
    }
    ordered = false;
    if (!there && isHot()) {
      order(); // it has become hot while it was looked for
    }
  }

  /** Its key, computed when it is first asked for. */
  FileKey key() throws IOException {
    FileKey known = key;
    if (known == null) {
      known = FileKey.of(source.manifest(), source.node());
      key = known;
    }
    return known;
  }

  FileSource source() {
    return source;
  }
}
