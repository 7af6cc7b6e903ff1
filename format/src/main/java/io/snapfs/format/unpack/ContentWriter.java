package io.snapfs.format.unpack;

import io.snapfs.format.Limits;
import io.snapfs.format.Progress;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSpace;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decodes chunks and writes them to files, on several threads. Every chunk's checksum is checked
 * before it is decoded. {@link #write} and {@link #finish} are called by one thread.
 */
final class ContentWriter implements AutoCloseable {
  private static final int TASKS_PER_JOB = 64;

  private final Manifest manifest;
  private final OpenArtifact artifact;
  private final Progress progress;
  private final ExecutorService workers;
  private final Semaphore slots;
  private final int allSlots;
  private final List<Worker> tools = new CopyOnWriteArrayList<>();
  private final ThreadLocal<Worker> current =
      ThreadLocal.withInitial(
          () -> {
            Worker worker = new Worker();
            tools.add(worker);
            return worker;
          });
  private final AtomicLong bytesDone = new AtomicLong();
  private volatile Throwable failure;

  /** One thread's decoder and buffers. */
  private static final class Worker {
    final ChunkDecoder decoder = new ChunkDecoder();
    final ByteBuffer stored = PageAligned.allocate(Limits.MAX_CHUNK);
    final ByteBuffer plain = PageAligned.allocate(Limits.MAX_CHUNK);
  }

  /** What is done to a file when its last byte is written. */
  interface Completion {
    void complete(Fd file) throws IOException;
  }

  /** A file being written: closed by whoever finishes last. */
  private final class FileJob {
    private final Fd file;
    private final Completion completion;
    private final AtomicInteger pending = new AtomicInteger(1);

    FileJob(Fd file, Completion completion) {
      this.file = file;
      this.completion = completion;
    }

    void done() throws IOException {
      if (pending.decrementAndGet() == 0) {
        try (file) {
          if (failure == null) {
            completion.complete(file);
          }
        }
      }
    }
  }

  ContentWriter(OpenArtifact artifact, int jobs, Progress progress) {
    this.artifact = artifact;
    this.manifest = artifact.manifest();
    this.progress = progress;
    this.allSlots = jobs * TASKS_PER_JOB;
    this.slots = new Semaphore(allSlots);
    AtomicInteger number = new AtomicInteger();
    this.workers =
        Executors.newFixedThreadPool(
            jobs,
            task -> {
              Thread thread = new Thread(task, "snapfs-unpack-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Begins to write a regular file's contents.
   *
   * @param file new and empty; closed when all is written
   * @param completion called before that, in some thread
   */
  void write(Fd file, Node node, Completion completion) throws IOException {
    FileJob job = new FileJob(file, completion);
    try {
      FileSpace.truncate(file, node.size());
      long extent = node.first();
      for (int i = 0; i < node.count(); i++, extent++) {
        int chunk = manifest.extentChunk(extent);
        if (chunk >= 0) {
          // Asks the manifest for the end too: it checks that chunk and extent agree.
          manifest.extentEnd(node, extent);
          submit(job, chunk, manifest.extentStart(extent));
        }
      }
    } finally {
      job.done();
    }
  }

  private void submit(FileJob job, int chunk, long offset) throws IOException {
    checkFailure();
    acquire(1);
    job.pending.incrementAndGet();
    workers.execute(
        () -> {
          try {
            copy(job, chunk, offset);
          } catch (IOException | RuntimeException | Error e) {
            failure = e;
          } finally {
            slots.release();
          }
        });
  }

  private void copy(FileJob job, int chunk, long offset) throws IOException {
    try {
      if (failure != null) {
        return;
      }
      ByteBuffer plain = decode(chunk);
      FileIo.pwriteFully(job.file, plain, offset);
      long done = bytesDone.addAndGet(plain.limit());
      progress.step(
          "unpacking", done, manifest.summary().logicalBytes() - manifest.summary().holeBytes());
    } finally {
      job.done();
    }
  }

  private ByteBuffer decode(int chunk) throws IOException {
    Worker worker = current.get();
    PackFile pack = artifact.pack(manifest.chunkPack(chunk));
    ByteBuffer stored = worker.stored.clear().limit(manifest.chunkStoredLength(chunk));
    pack.readStored(manifest.chunkOffset(chunk), stored);
    ByteBuffer plain = worker.plain.clear().limit(manifest.chunkPlainLength(chunk));
    worker.decoder.decode(
        pack.describe(),
        manifest.chunkCodec(chunk),
        manifest.chunkCrc32c(chunk),
        manifest.chunkOffset(chunk),
        stored.flip(),
        plain);
    return plain.rewind();
  }

  /** Waits until everything is written. */
  void finish() throws IOException {
    acquire(allSlots);
    slots.release(allSlots);
    checkFailure();
  }

  private void acquire(int count) throws IOException {
    try {
      slots.acquire(count);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("unpacking was interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private void checkFailure() throws IOException {
    Throwable seen = failure;
    if (seen instanceof IOException e) {
      throw e;
    }
    if (seen != null) {
      throw new IllegalStateException("a worker failed", seen);
    }
  }

  /** Waits for the threads: afterwards nothing touches the files. */
  @Override
  public void close() {
    workers.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (workers.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    tools.forEach(worker -> worker.decoder.close());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
