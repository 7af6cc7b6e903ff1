package io.snapfs.format.write;

import io.snapfs.format.ChunkId;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.Codec;
import io.snapfs.format.codec.Encoded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/**
 * What a worker does with one chunk: hash it, look for it, and only if it is new encode it, over
 * its own plain bytes. The sink reads the result after the task's future is done.
 */
final class ChunkTask implements Callable<ChunkTask> {
  private final Window window;
  private final int position;
  private final int plainLength;
  private final PackContext context;

  private ChunkId id;
  private StoredChunk stored;
  private Codec codec;
  private int storedLength;

  /** Takes over one retention of the window. */
  ChunkTask(PackContext context, Window window, int position, int plainLength) {
    this.context = context;
    this.window = window;
    this.position = position;
    this.plainLength = plainLength;
  }

  @Override
  public ChunkTask call() throws IOException {
    Worker worker = context.worker();
    ByteBuffer plain = window.slice(position, plainLength);
    id = worker.hash().idOf(plain);
    if (context.ids().find(id) >= 0) {
      return this;
    }
    stored = context.index().find(id, worker.scratch());
    if (stored == null) {
      encode(worker.encoder(), plain);
    }
    return this;
  }

  private void encode(ChunkEncoder encoder, ByteBuffer plain) {
    Encoded encoded = encoder.encode(plain);
    codec = encoded.codec();
    storedLength = encoded.stored().remaining();
    if (codec != Codec.RAW) {
      window.slice(position, storedLength).put(encoded.stored());
    }
  }

  ChunkId id() {
    return id;
  }

  int plainLength() {
    return plainLength;
  }

  /** Where the store has it, or null. */
  StoredChunk stored() {
    return stored;
  }

  /**
   * The codec, or null if the chunk was found in the artifact itself or in the store and so was not
   * encoded.
   */
  Codec codec() {
    return codec;
  }

  ByteBuffer encoded() {
    return window.slice(position, storedLength);
  }

  /** Gives the memory back; nothing may be read from the task's buffers afterwards. */
  void release() {
    window.release();
  }
}
