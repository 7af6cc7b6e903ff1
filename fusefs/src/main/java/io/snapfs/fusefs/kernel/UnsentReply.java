package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;

/**
 * Owns the memory of a reply to a READ that is made as always and goes nowhere, for who rehearses
 * reading. Confined to a thread.
 */
public final class UnsentReply implements AutoCloseable {
  private final Reply reply;

  /** Makes one, to be used again and again. */
  public UnsentReply() throws LinuxException {
    reply = new Reply(new Nowhere());
  }

  /** Begins the reply to a READ. */
  public ReadSink begin() {
    reply.begin(0);
    return reply;
  }

  @Override
  public void close() {
    reply.close();
  }

  private static final class Nowhere implements Channel {
    @Override
    public int read(long address, int capacity) {
      throw new IllegalStateException("nobody asks here");
    }

    @Override
    public void write(IoVector pieces, int count) {
      // the kernel would copy them
    }

    @Override
    public void close() {
      // owns nothing
    }
  }
}
