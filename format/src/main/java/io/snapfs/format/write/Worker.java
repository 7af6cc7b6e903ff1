package io.snapfs.format.write;

import io.snapfs.format.Limits;
import io.snapfs.format.Sha256Hash;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.linux.PageAligned;
import java.nio.ByteBuffer;

/** One worker thread's tools. Confined to it. */
final class Worker implements AutoCloseable {
  private final Sha256Hash hash = new Sha256Hash();
  private final ChunkEncoder encoder;
  private ByteBuffer scratch;

  Worker(CodecPolicy policy) {
    encoder = new ChunkEncoder(policy);
  }

  Sha256Hash hash() {
    return hash;
  }

  ChunkEncoder encoder() {
    return encoder;
  }

  /**
   * For checking what the store has; made on first use, since a first pack into a store never needs
   * it.
   */
  ByteBuffer scratch() {
    if (scratch == null) {
      scratch = PageAligned.allocate(Limits.MAX_CHUNK);
    }
    return scratch;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
