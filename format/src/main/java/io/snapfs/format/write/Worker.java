package io.snapfs.format.write;

import io.snapfs.format.Limits;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.linux.PageAligned;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** One worker thread's tools. Confined to it. */
final class Worker implements AutoCloseable {
  private final MessageDigest sha256;
  private final ChunkEncoder encoder;
  private ByteBuffer scratch;

  Worker(CodecPolicy policy) {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    encoder = new ChunkEncoder(policy);
  }

  MessageDigest sha256() {
    return sha256;
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
