package io.snapfs.fusefs.rehearsal;

import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.kernel.UnsentReply;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.linux.IoPriority;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.MemoryLimit;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Owns the threads that rehearse reading: see the package. Safe for use by many threads. */
public final class Rehearsal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Rehearsal.class.getName());

  /** What the highest threshold of the launcher's options asks for, and some more. */
  private static final long DECODES = 250_000;

  private static final long REST_MILLIS = 2_000;
  private static final long LEAST_MEMORY = 2L << 30;

  /** An eighth of it is for reading ahead as far as a mount does; little of the rest is used. */
  private static final long CACHE_BYTES = 128 << 20;

  private static final int NICE = 10;

  /** Several, as in a mount, so that threads wait for each other in all the ways that they can. */
  static final int READERS = 4;

  /** Requests of a reader after which it looks at what was reached. */
  private static final int STEP = 64;

  private final Store store;
  private final ChunkCache served;
  private final long decodes;
  private final long restMillis;
  private final Thread thread = new Thread(this::run, "snapfs-rehearsal");
  private volatile long decoded;
  private boolean closed;

  private Rehearsal(Store store, ChunkCache served, long decodes, long restMillis) {
    this.store = store;
    this.served = served;
    this.decodes = decodes;
    this.restMillis = restMillis;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Begins when nobody has read for two seconds.
   *
   * @param store stays the caller's, and open until this is closed
   * @param served what the mount's reads go through
   */
  public static Rehearsal start(Store store, ChunkCache served) {
    return new Rehearsal(store, served, DECODES, REST_MILLIS);
  }

  /** One that ends, and rests, sooner. */
  static Rehearsal start(Store store, ChunkCache served, long decodes, long restMillis) {
    return new Rehearsal(store, served, decodes, restMillis);
  }

  /** Chunks that were decoded, as far as they have been counted. */
  long decoded() {
    return decoded;
  }

  /** Waits for its end. */
  void join() throws InterruptedException {
    thread.join();
  }

  /** Ends it, after the request that is being read. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    join(thread);
  }

  private void run() {
    if (MemoryLimit.bytes() < LEAST_MEMORY || !awaitRest()) {
      return;
    }
    try {
      Processes.niceThread(NICE); // which threads that are started here inherit
      IoPriority.IDLE.take();
      Sample sample = Sample.of(store);
      if (sample != null) {
        rehearse(sample);
      }
    } catch (IOException | ErrnoException e) {
      givenUp(e);
    }
  }

  private void rehearse(Sample sample) throws IOException, ErrnoException {
    try (ChunkCache cache =
            new ChunkCache(CACHE_BYTES, Runtime.getRuntime().availableProcessors());
        StoreTree tree = new StoreTree(store, cache);
        FileHandle file = tree.open(sample.find(tree))) {
      long start = System.nanoTime();
      AtomicLong next = new AtomicLong();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(new Thread(() -> read(sample, file, cache, next), "snapfs-rehearsal-" + i));
      }
      readers.forEach(Thread::start);
      readers.forEach(Rehearsal::join);
      decoded = cache.stats().decodes();
      LOG.log(
          System.Logger.Level.INFO,
          "rehearsed reading: {0} chunks of {1} in {2} ms",
          decoded,
          sample.ref(),
          (System.nanoTime() - start) / 1_000_000);
    }
  }

  /** Takes one request after the other, together with other threads, until it is enough. */
  private void read(Sample sample, FileHandle file, ChunkCache cache, AtomicLong next) {
    try (UnsentReply reply = new UnsentReply()) {
      int seen = served.activity();
      // A sample of holes has nothing to decode: then requests are counted.
      for (long number = next.getAndIncrement();
          number < 2 * decodes && (number % STEP != 0 || countDecoded(cache) < decodes);
          number = next.getAndIncrement()) {
        if (served.activity() != seen && !awaitRest()) {
          return;
        }
        seen = served.activity();
        if (isClosed()) {
          return;
        }
        file.read(sample.offset(number), Sample.REQUEST, reply.begin());
      }
    } catch (LinuxException | ErrnoException e) {
      givenUp(e);
    } finally {
      next.addAndGet(2 * decodes); // one has ended: so do all
    }
  }

  private long countDecoded(ChunkCache cache) {
    decoded = cache.stats().decodes();
    return decoded;
  }

  private static void givenUp(Exception e) {
    LOG.log(System.Logger.Level.DEBUG, "reading is not rehearsed", e);
  }

  /** Waits until nobody has read for a while; false if this is closed. */
  private synchronized boolean awaitRest() {
    int before = served.activity() - 1;
    while (!closed && served.activity() != before) {
      before = served.activity();
      try {
        wait(restMillis);
      } catch (InterruptedException e) {
        closed = true; // nobody interrupts this thread to have it go on
      }
    }
    return !closed;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static void join(Thread other) {
    boolean interrupted = false;
    while (other.isAlive()) {
      try {
        other.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
