package io.snapfs.restore.pages;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.StoredAhead;
import io.snapfs.linux.SystemInfo;
import io.snapfs.restore.threads.StandingThreads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns the threads and sockets that fill the memory of processes which CRIU restores lazily from an
 * artifact: it takes the place of {@code criu lazy-pages}.
 *
 * <p>One page server serves any number of restores of its artifact at the same time, each in a work
 * dir of its own. They share the chunk cache, so that stored bytes are read and decoded once.
 *
 * <p>If this process dies before all memory is there, by whatever cause, the kernel kills the
 * processes that depend on it.
 */
public final class PageServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PageServer.class.getName());

  /**
   * A part of a file of the artifact.
   *
   * @param path in the artifact, bytes as ISO 8859-1
   * @param offset in bytes
   * @param length in bytes
   */
  public record Pages(String path, long offset, long length) {}

  /** Stored chunks are brought ahead into this share of the available memory. */
  private static final int MEMORY_SHARE = 4;

  /** A recording is of what processes touch until they have touched nothing new for so long. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Tally tally = new Tally();
  private final long start = System.nanoTime();
  private final FillQueue queue;
  private final Guard guard;
  private final Shared shared;
  private final long storedBefore;
  private final List<Restore> restores = new ArrayList<>(); // guarded by "change", as what follows
  private final List<Restore> first = new ArrayList<>();
  private final List<Thread> fillers = new ArrayList<>();
  private final StandingThreads restoreThreads;
  private final StandingThreads aheadThreads;
  private final Object change = new Object();
  private final AtomicInteger active = new AtomicInteger();
  private volatile boolean broken;
  private StoredAhead ahead;
  private boolean closed;
  private volatile long end;

  private PageServer(ArtifactReader reader, PageServerOptions options) throws IOException {
    FillPlan plan = FillPlan.read(reader, options.rank());
    int decodingAhead = Math.max(1, options.jobs() / 2); // CRIU returns later if all do
    long quietNanos = options.isRecording() ? QUIET_NANOS : 0;
    queue = new FillQueue(options.aheadBytes(), decodingAhead, quietNanos);
    storedBefore = reader.storedBytes();
    PageWriter writer = new PageWriter(queue::release);
    Damage damage = new Damage(writer, tally);
    shared =
        new Shared(
            reader, plan, queue, writer, damage, options, tally, this::isAwaited, active::get);
    guard = new Guard();
    // Last, since nobody would end them if anything failed here.
    restoreThreads = new StandingThreads("snapfs-restore", 1);
    aheadThreads = new StandingThreads("snapfs-stored-ahead", 1);
  }

  /**
   * Reads the images and begins to serve, nobody yet: see {@link #add}.
   *
   * @param reader of an artifact with CRIU images; stays the caller's, to be closed after this
   * @throws io.snapfs.format.MissingException if the artifact has no CRIU images
   * @throws io.snapfs.format.CorruptException if they contradict each other
   */
  public static PageServer open(ArtifactReader reader, PageServerOptions options)
      throws IOException {
    PageServer server = new PageServer(reader, options);
    for (int i = 0; i < options.jobs(); i++) {
      Filler filler = new Filler(server.shared);
      server.fillers.add(daemon("snapfs-fill-" + i, () -> server.run(filler)));
    }
    server.fillers.forEach(Thread::start);
    return server;
  }

  /**
   * The same, and {@linkplain #add adds} restores.
   *
   * @param workDirs of the restores to come, one for each
   */
  public static PageServer open(
      ArtifactReader reader, List<Path> workDirs, PageServerOptions options) throws IOException {
    PageServer server = open(reader, options);
    boolean opened = false;
    try {
      for (Path workDir : workDirs) {
        server.first.add(server.listen(workDir));
      }
      opened = true;
      return server;
    } finally {
      if (!opened) {
        server.close();
      }
    }
  }

  /**
   * Listens for one more restore; {@code criu restore --lazy-pages} may be started when this has
   * returned.
   *
   * @param workDir the {@code --work-dir} of CRIU
   * @throws SnapfsException if somebody else listens there, or this was closed
   */
  public LazyRestore add(Path workDir) throws IOException {
    return listen(workDir);
  }

  private Restore listen(Path workDir) throws IOException {
    synchronized (change) {
      if (closed) {
        throw new SnapfsException("the page server has ended: it serves no more restores");
      }
      Restore restore = new Restore(workDir, shared, guard, this::memoryKnown, this::changed);
      queue.expect(shared.plan().chunks());
      if (restores.isEmpty()) {
        readAhead();
      }
      restores.add(restore);
      active.incrementAndGet();
      end = 0;
      if (broken) {
        restore.abandon();
      }
      restoreThreads.run(restore);
      return restore;
    }
  }

  /** Nobody else is being restored, so that the artifact may have to come from the disk. */
  private void readAhead() {
    if (ahead != null) {
      ahead.close();
    }
    ahead = shared.reader().storedAhead(shared.plan().chunks(), PageServer::mostAhead);
    aheadThreads.run(ahead);
  }

  private static long mostAhead() {
    try {
      return SystemInfo.availableMemory() / MEMORY_SHARE;
    } catch (IOException e) {
      return 0; // whoever needs the chunks reads them
    }
  }

  /** CRIU has read most of what it reads. */
  private void memoryKnown() {
    synchronized (change) {
      if (ahead != null) {
        ahead.hurry();
      }
    }
  }

  /** Whether a restore that has begun is going to need a chunk that others use now. */
  private boolean isAwaited(int chunk) {
    return active.get() > 1 && queue.keep(chunk);
  }

  /** What CRIU reads of the pages files itself, in the order in which it does. */
  public List<Pages> readByCriu() {
    return shared.plan().readByCriu();
  }

  /** Whether it has failed, so that it must be closed: it can serve nobody any more. */
  public boolean isBroken() {
    return broken;
  }

  /** How many restores are going on. */
  public int active() {
    return active.get();
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void run(Filler filler) {
    try {
      filler.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "filling memory failed", e);
      broken = true;
      current().forEach(Restore::abandon);
    }
  }

  private List<Restore> current() {
    synchronized (change) {
      return List.copyOf(restores);
    }
  }

  /**
   * Waits until every restore that it was opened with has ended: all memory is there, or the
   * processes are gone.
   *
   * @throws SnapfsException if a restore failed
   */
  public void serve() throws IOException, InterruptedException {
    IOException failure = null;
    for (Restore restore : first) {
      try {
        restore.awaitEnd();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** What was done so far, for all restores. */
  public PageServerReport report() {
    long until = end == 0 ? System.nanoTime() : end;
    Tally sum = new Tally();
    synchronized (change) {
      tally.addTo(sum);
      restores.forEach(restore -> restore.addTo(sum));
    }
    return sum.report(until - start, shared.reader().storedBytes() - storedBefore);
  }

  /**
   * Ends it. A process whose memory is not all there is killed: it could not run on. Idempotent.
   */
  @Override
  public void close() {
    synchronized (change) {
      closed = true;
      if (ahead != null) {
        ahead.close();
      }
      aheadThreads.close();
      restoreThreads.close();
    }
    current().stream().filter(restore -> !restore.hasEnded()).forEach(Restore::abandon);
    restoreThreads.join();
    queue.close();
    fillers.forEach(PageServer::join);
    guard.close();
  }

  /** A restore has ended. What is known of it goes, since there may be many. */
  private void changed(Restore restore) {
    synchronized (change) {
      active.decrementAndGet();
      restore.addTo(tally);
      restores.remove(restore);
      if (restores.isEmpty()) {
        end = System.nanoTime();
      }
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
