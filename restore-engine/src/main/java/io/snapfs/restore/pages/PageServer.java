package io.snapfs.restore.pages;

import io.snapfs.format.read.ArtifactReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

  private final Tally tally = new Tally();
  private final long start = System.nanoTime();
  private final FillQueue queue;
  private final Guard guard;
  private final List<Restore> restores = new ArrayList<>();
  private final List<Thread> restoreThreads = new ArrayList<>();
  private final List<Thread> fillers = new ArrayList<>();
  private final Object change = new Object();
  private volatile long end;

  private PageServer(PageServerOptions options) throws IOException {
    queue = new FillQueue(options.aheadBytes());
    guard = new Guard();
  }

  /**
   * Reads the images, listens in the work dirs and begins to serve; {@code criu restore
   * --lazy-pages} may be started when this has returned.
   *
   * @param reader of an artifact with CRIU images; stays the caller's, to be closed after this
   * @param workDirs of the restores to come, one for each: the {@code --work-dir} of CRIU
   * @throws io.snapfs.format.MissingException if the artifact has no CRIU images
   * @throws io.snapfs.format.CorruptException if they contradict each other
   */
  public static PageServer open(
      ArtifactReader reader, List<Path> workDirs, PageServerOptions options) throws IOException {
    FillPlan plan = FillPlan.read(reader);
    PageServer server = new PageServer(options);
    boolean opened = false;
    try {
      server.start(reader, plan, workDirs, options);
      opened = true;
      return server;
    } finally {
      if (!opened) {
        server.close();
      }
    }
  }

  private void start(
      ArtifactReader reader, FillPlan plan, List<Path> workDirs, PageServerOptions options)
      throws IOException {
    PageWriter writer = new PageWriter(queue::release);
    Damage damage = new Damage(writer, tally);
    Shared shared = new Shared(reader, plan, queue, writer, damage, options, tally);
    for (Path workDir : workDirs) {
      restores.add(new Restore(workDir, shared, guard, this::changed));
    }
    for (int i = 0; i < options.jobs(); i++) {
      Filler filler = new Filler(reader, queue, writer, damage, tally, workDirs.size() > 1);
      fillers.add(daemon("snapfs-fill-" + i, () -> run(filler)));
    }
    for (Restore restore : restores) {
      restoreThreads.add(daemon("snapfs-restore-" + restoreThreads.size(), restore));
    }
    fillers.forEach(Thread::start);
    restoreThreads.forEach(Thread::start);
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
      restores.forEach(Restore::abandon);
    }
  }

  /**
   * Waits until every restore has ended: all memory is there, or the processes are gone.
   *
   * @throws io.snapfs.format.SnapfsException if a restore failed
   */
  public void serve() throws IOException, InterruptedException {
    synchronized (change) {
      while (!restores.stream().allMatch(Restore::hasEnded)) {
        change.wait();
      }
    }
    IOException first = null;
    for (Restore restore : restores) {
      IOException failure = restore.failure();
      if (failure != null && first == null) {
        first = failure;
      } else if (failure != null) {
        first.addSuppressed(failure);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** What was done so far. */
  public PageServerReport report() {
    long until = end == 0 ? System.nanoTime() : end;
    return tally.report(until - start);
  }

  /**
   * Ends it. A process whose memory is not all there is killed: it could not run on. Idempotent.
   */
  @Override
  public void close() {
    restores.stream().filter(restore -> !restore.hasEnded()).forEach(Restore::abandon);
    restoreThreads.stream().filter(Thread::isAlive).forEach(PageServer::join);
    queue.close();
    fillers.forEach(PageServer::join);
    guard.close();
  }

  private void changed() {
    synchronized (change) {
      if (restores.stream().allMatch(Restore::hasEnded)) {
        end = System.nanoTime();
      }
      change.notifyAll();
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
