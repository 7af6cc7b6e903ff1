package io.snapfs.format.write;

import io.snapfs.format.ChunkLocation;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The workers and the sink: takes chunks, holes and file ends from the walker in order, has the
 * chunks hashed and encoded by many threads, and writes the results in the order in which they were
 * taken. {@link #take} and {@link #finish} are called by one thread, the walker's.
 */
final class Pipeline implements AutoCloseable {
  /**
   * More than enough for every chunk that the windows can hold, so that windows, not this, bound
   * the memory.
   */
  private static final int QUEUE = 4096;

  private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE);
  private final ExecutorService workers;
  private final Thread sink;
  private final ArtifactTables tables;
  private final PackStream packs;
  private final SessionIds ids;
  private volatile Throwable failure;

  /** What reaches the sink, in order. */
  private sealed interface Event {}

  private record Chunk(long fileOffset, Future<ChunkTask> result, ChunkTask task)
      implements Event {}

  private record Hole(long fileOffset) implements Event {}

  private record FileEnd(int node) implements Event {}

  private record End() implements Event {}

  Pipeline(int jobs, ArtifactTables tables, PackStream packs, SessionIds ids) {
    this.tables = tables;
    this.packs = packs;
    this.ids = ids;
    AtomicInteger number = new AtomicInteger();
    this.workers =
        Executors.newFixedThreadPool(
            jobs, task -> daemon(task, "snapfs-pack-" + number.incrementAndGet()));
    this.sink = daemon(this::drain, "snapfs-pack-sink");
    this.sink.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  void takeChunk(long fileOffset, ChunkTask task) throws IOException {
    take(new Chunk(fileOffset, workers.submit(task), task));
  }

  /** A hole, or a piece of one; it reaches to the next chunk or the end of the file. */
  void takeHole(long fileOffset) throws IOException {
    take(new Hole(fileOffset));
  }

  void takeFileEnd(int node) throws IOException {
    take(new FileEnd(node));
  }

  private void take(Event event) throws IOException {
    try {
      do {
        checkFailure();
      } while (!queue.offer(event, 100, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      throw Failures.interrupted(e);
    }
  }

  /** Throws what went wrong in a worker or the sink, if anything did. */
  void checkFailure() throws IOException {
    Throwable seen = failure;
    if (seen != null) {
      throw Failures.asIoException(seen);
    }
  }

  /** Waits until all is written, durable and visible. */
  void finish() throws IOException {
    take(new End());
    try {
      sink.join();
    } catch (InterruptedException e) {
      throw Failures.interrupted(e);
    }
    checkFailure();
  }

  private void drain() {
    try {
      while (true) {
        Event event = queue.take();
        if (event instanceof End) {
          packs.finish();
          return;
        }
        write(event);
      }
    } catch (InterruptedException e) {
      fail(new IOException("packing was stopped", e));
    } catch (ExecutionException e) {
      fail(e.getCause());
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    failure = cause;
  }

  private void write(Event event) throws IOException, InterruptedException, ExecutionException {
    if (event instanceof Chunk chunk) {
      ChunkTask task = chunk.result().get();
      tables.addChunkExtent(chunk.fileOffset(), indexOf(task));
      task.release();
    } else if (event instanceof Hole hole) {
      tables.addHole(hole.fileOffset());
    } else if (event instanceof FileEnd end) {
      tables.endFile(end.node());
    }
  }

  /**
   * Workers look for earlier occurrences without waiting for each other, so two equal chunks in
   * flight are both encoded: the first in order is stored, the second finds it here.
   */
  private int indexOf(ChunkTask task) throws IOException {
    int known = ids.find(task.id());
    if (known >= 0) {
      return known;
    }
    StoredChunk stored = task.stored();
    if (stored != null) {
      int index = tables.addChunk(task.id(), stored.pack(), stored.location(), false);
      tables.setPackLength(stored.pack(), stored.packLength());
      return index;
    }
    ChunkLocation location =
        packs.append(task.id(), task.encoded(), task.plainLength(), task.codec().number());
    return tables.addChunk(task.id(), packs.current(), location, true);
  }

  /**
   * Stops the threads and waits for them: afterwards nothing touches the windows or the encoders.
   */
  @Override
  public void close() {
    sink.interrupt();
    workers.shutdownNow();
    Failures.awaitTermination(workers);
    boolean interrupted = false;
    while (sink.isAlive()) {
      try {
        sink.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
