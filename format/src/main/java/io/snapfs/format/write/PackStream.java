package io.snapfs.format.write;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.BlobWriter.IfExists;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.pack.PackWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * New chunks, written to one pack after another. A full pack is made durable and published on a
 * thread of its own, so that a slow disk doesn't stop the run. For one thread.
 */
final class PackStream implements AutoCloseable {
  private final WriteSession session;
  private final StoreIndex index;
  private final OnFinished onFinished;
  private final ExecutorService publisher;
  private final List<Future<?>> publications = new ArrayList<>();

  private BlobWriter blob;
  private PackWriter writer;
  private PackId current;

  /** Told, in the sink's thread, when a pack has its final length. */
  interface OnFinished {
    void finished(PackId pack, long length) throws IOException;
  }

  PackStream(WriteSession session, StoreIndex index, OnFinished onFinished) {
    this.session = session;
    this.index = index;
    this.onFinished = onFinished;
    this.publisher =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "snapfs-publish");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Appends a chunk to {@link #current()}, which may be a new pack then. */
  ChunkLocation append(ChunkId id, ByteBuffer stored, int plainLength, int codec)
      throws IOException {
    if (writer != null && writer.isFull()) {
      finishPack();
    }
    if (writer == null) {
      beginPack();
    }
    return writer.append(id, stored, plainLength, codec);
  }

  /** The pack that holds the chunk that was appended last. */
  PackId current() {
    return current;
  }

  private void beginPack() throws IOException {
    current = PackId.random();
    index.exclude(current);
    blob = session.create(current.key());
    writer = new PackWriter(blob, current);
  }

  private void finishPack() throws IOException {
    long length = writer.finish();
    onFinished.finished(current, length);
    PackWriter finished = writer;
    BlobWriter finishedBlob = blob;
    writer = null;
    blob = null;
    publications.add(publisher.submit(() -> publish(finished, finishedBlob)));
  }

  private Void publish(PackWriter pack, BlobWriter packBlob) throws IOException {
    try (pack) {
      session.pinOwn(pack.id());
      packBlob.publish(IfExists.FAIL);
    }
    index.refresh(); // others may have published meanwhile
    return null;
  }

  /** Publishes the last pack and waits until all are durable and visible. */
  void finish() throws IOException {
    if (writer != null) {
      finishPack();
    }
    for (Future<?> publication : publications) {
      await(publication);
    }
  }

  private static void await(Future<?> publication) throws IOException {
    try {
      publication.get();
    } catch (ExecutionException e) {
      throw Failures.asIoException(e.getCause());
    } catch (InterruptedException e) {
      throw Failures.interrupted(e);
    }
  }

  /** Discards what was not published, after waiting for what is being published. */
  @Override
  public void close() throws IOException {
    publisher.shutdown();
    Failures.awaitTermination(publisher);
    if (writer != null) {
      writer.close();
    }
  }
}
