package io.snapfs.format.read;

import io.snapfs.format.Limits;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;

/**
 * Owns what one thread at a time needs to decode chunks: a decoder and room for the stored bytes of
 * a run of chunks. Keeps at most {@link #KEPT} bytes of it backed by memory between uses.
 */
final class DecodeContext implements AutoCloseable {
  /** Bytes that stay backed by memory. */
  static final int KEPT = 1 << 20;

  private final ChunkDecoder decoder = new ChunkDecoder();
  private final NativeMemory memory;
  private final ByteBuffer stored;
  private int touched;

  DecodeContext() throws LinuxException {
    memory = NativeMemory.allocate(Limits.MAX_CHUNK);
    stored = memory.slice(0, Limits.MAX_CHUNK);
  }

  ChunkDecoder decoder() {
    return decoder;
  }

  /**
   * The buffer with so many bytes remaining from index 0.
   *
   * @param length at most {@link Limits#MAX_CHUNK}
   */
  ByteBuffer stored(int length) {
    touched = Math.max(touched, length);
    return stored.clear().limit(length);
  }

  /** Ends one use. */
  void trim() throws LinuxException {
    if (touched > KEPT) {
      memory.advise(KEPT, Limits.MAX_CHUNK - KEPT, NativeMemory.MADV_DONTNEED);
      touched = 0;
    }
  }

  @Override
  public void close() {
    decoder.close();
    memory.close();
  }
}
