package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.RemovalListener;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.Errno;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tells the kernel what it may forget, unasked: a reply header with a code in place of the error,
 * unique 0, and {@code struct fuse_notify_inval_entry_out}:
 *
 * <pre>
 * 16    u64 inode of the directory
 * 24    u32 length of the name
 * 28    u32 flags, 0
 * 32    name, NUL
 * </pre>
 *
 * <p>Safe for use by many threads, but never to be used by one that serves requests, or with a lock
 * held that a request needs: the kernel waits for the directory, which a lookup may hold until it
 * is answered.
 */
final class Notifier implements RemovalListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Notifier.class.getName());
  private static final int LENGTH = 0;
  private static final int CODE = 4;
  private static final int PARENT = 16;
  private static final int NAME_LENGTH = 24;
  private static final int NAME = 32;

  private final Channel channel;
  private final IoVector vector = new IoVector(1);
  private boolean closed;

  /**
   * Speaks through a channel.
   *
   * @param channel stays the caller's, who closes it after this
   */
  Notifier(Channel channel) {
    this.channel = channel;
  }

  /** All that the kernel keeps of the name and what is below it goes. */
  @Override
  public synchronized void removed(long parent, byte[] name) {
    if (closed) {
      return;
    }
    int length = NAME + name.length + 1;
    ByteBuffer message = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    message
        .putInt(LENGTH, length)
        .putInt(CODE, FuseProtocol.NOTIFY_INVAL_ENTRY)
        .putLong(PARENT, parent)
        .putInt(NAME_LENGTH, name.length)
        .put(NAME, name);
    vector.set(0, Addresses.of(message), length);
    try {
      channel.write(vector, 1);
    } catch (LinuxException e) {
      // ENOENT: the kernel kept nothing. ENODEV: the connection has ended.
      if (!e.isErrno(Errno.ENOENT) && !e.isErrno(Errno.ENODEV)) {
        LOG.log(System.Logger.Level.WARNING, "the kernel goes on keeping what is gone", e);
      }
    } finally {
      Reference.reachabilityFence(message);
    }
  }

  /** From now on the channel is not used. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
