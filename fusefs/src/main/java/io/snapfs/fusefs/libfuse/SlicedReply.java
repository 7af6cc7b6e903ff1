package io.snapfs.fusefs.libfuse;

import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.linux.Addresses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Answers a read by one writev(2) out of the memory where the bytes are. Confined to a thread. */
final class SlicedReply extends ReadSink {
  private static final int IOVEC_SIZE = 16;

  /** Where the length is in a {@code struct iovec}, behind the address. */
  private static final int LENGTH = 8;

  /** IOV_MAX of Linux, less libfuse's header. */
  private static final int MOST = 1023;

  private final LibFuse library;
  private final ByteBuffer vector =
      ByteBuffer.allocateDirect(MOST * IOVEC_SIZE).order(ByteOrder.nativeOrder());
  private ByteBuffer room; // made when it is first asked for: most mounts never do
  private long request;
  private int count;
  private boolean sent;

  SlicedReply(LibFuse library) {
    this.library = library;
  }

  /** Begins an answer. */
  SlicedReply to(long newRequest) {
    request = newRequest;
    count = 0;
    sent = false;
    return this;
  }

  /** Whether the request has had its answer. */
  boolean isSent() {
    return sent;
  }

  @Override
  public long room() {
    if (room == null) {
      room = ByteBuffer.allocateDirect(FileHandle.MAX_READ);
    }
    return Addresses.of(room);
  }

  @Override
  public void piece(long address, int length) {
    int at = count * IOVEC_SIZE;
    vector.putLong(at, address).putLong(at + LENGTH, length);
    count++;
  }

  @Override
  public void end() {
    sent = true; // whatever comes of it, libfuse frees the request
    library.fuse_reply_iov(request, Addresses.of(vector), count);
  }
}
