package io.snapfs.fusefs.kernel;

import io.snapfs.format.Limits;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.linux.Errno;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts into the kernel's page cache what had to be decoded around a short read. A read of a page
 * here and there costs decoding a whole chunk; with this it costs that once, and the reads around
 * it never get here. While a processor has nothing else to do and no further short read comes, up
 * to a megabyte behind the read is decoded and put there as well. Of no use to readers that go past
 * the page cache: what was decoded for them stays with us. Owns the thread that does it.
 *
 * <p>It is an offer: what can't be taken at once, or is no longer decoded when its turn comes, is
 * left out. The message is a reply header with a code in place of the error, unique 0, and {@code
 * struct fuse_notify_store_out}:
 *
 * <pre>
 * 16    u64 inode
 * 24    u64 offset in the file
 * 32    u32 length
 * 36    u32 padding, 0
 * 40    the bytes
 * </pre>
 *
 * <p>Why a thread of its own: the kernel locks each page that it fills, and waits where a read of
 * that page has been sent and not answered. Threads that answer reads must not wait for that; this
 * one may, because none of them waits for it while it sends: it sends a copy, so that it holds no
 * chunk whose memory they might be waiting for. They may wait for what it decodes.
 *
 * <p>{@link #offer} allocates nothing. Safe for use by many threads; its monitor guards the queue.
 */
final class PageFeeder implements AutoCloseable {
  /** Reads longer than this come from a reader who reads on, or from the kernel's readahead. */
  static final int LONGEST_READ = 32 << 10;

  private static final System.Logger LOG = System.getLogger(PageFeeder.class.getName());
  private static final int QUEUE = 64;
  private static final int SIZE = 40;
  private static final int LENGTH = 0;
  private static final int CODE = 4;
  private static final int INODE = 16;
  private static final int OFFSET = 24;
  private static final int BYTES = 32;

  private final Channel channel;
  private final Thread thread = new Thread(this::run, "snapfs-page-feeder");
  private final FileHandle[] files = new FileHandle[QUEUE];
  private final long[] inodes = new long[QUEUE];
  private final long[] offsets = new long[QUEUE];
  private int first;
  private int count;
  private boolean closed;

  /**
   * Makes one that waits for {@link #start}.
   *
   * @param channel its own from here on: who closes it while it writes would have it write
   *     elsewhere
   */
  PageFeeder(Channel channel) {
    this.channel = channel;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** A short read has been answered: what was decoded around it may be fed to the kernel. */
  synchronized void offer(FileHandle file, long inode, long offset) {
    if (closed || count == QUEUE) {
      return;
    }
    int slot = (first + count++) % QUEUE;
    files[slot] = file;
    inodes[slot] = inode;
    offsets[slot] = offset;
    notify();
  }

  private void run() {
    try (channel;
        Message message = new Message()) {
      while (take(message)) {
        message.length = 0;
        message.file.readAround(message.read, message::take);
        boolean more = message.length == 0 || message.send();
        while (more && isIdle()) {
          more = message.file.readOn(message.read, message::take) && message.send();
        }
      }
    } catch (LinuxException | RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "short reads are no longer fed to the page cache", e);
      close();
    }
  }

  /** Waits for an offer; false at the end. */
  private synchronized boolean take(Message message) {
    while (count == 0 && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        // only close() ends this thread
      }
    }
    if (closed) {
      return false;
    }
    message.file = files[first];
    message.inode = inodes[first];
    message.read = offsets[first];
    files[first] = null;
    first = (first + 1) % QUEUE;
    count--;
    return true;
  }

  /** Whether nobody has read shortly since the last offer was taken. */
  private synchronized boolean isIdle() {
    return count == 0 && !closed;
  }

  /** Takes no more offers and ends the thread, without waiting for it. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    count = 0;
    Arrays.fill(files, null);
    notifyAll();
    if (thread.getState() == Thread.State.NEW) {
      channel.close();
    }
  }

  /** Waits for the end, after {@link #close}. */
  void join() throws InterruptedException {
    thread.join();
  }

  /** The memory of the thread, used again and again. */
  private final class Message implements AutoCloseable {
    private final NativeMemory memory = NativeMemory.allocate(SIZE + Limits.MAX_CHUNK);
    private final ByteBuffer bytes = memory.slice(0, SIZE + Limits.MAX_CHUNK);
    private final IoVector vector = new IoVector(1);
    private FileHandle file;
    private long inode;
    private long read;
    private long offset;
    private int length;

    Message() throws LinuxException {}

    void take(long at, ByteBuffer from, int index, int count) {
      offset = at;
      length = count;
      bytes.put(SIZE, from, index, count);
    }

    /** False if the kernel doesn't want it. */
    boolean send() {
      bytes
          .putInt(LENGTH, SIZE + length)
          .putInt(CODE, FuseProtocol.NOTIFY_STORE)
          .putLong(INODE, inode)
          .putLong(OFFSET, offset)
          .putInt(BYTES, length);
      vector.set(0, memory.address(), SIZE + length);
      try {
        channel.write(vector, 1);
        return true;
      } catch (LinuxException e) {
        // ENOENT: the kernel has forgotten the inode. ENODEV: the connection has ended. Whatever
        // else: the pages are read in their turn.
        if (!e.isErrno(Errno.ENOENT) && !e.isErrno(Errno.ENODEV)) {
          LOG.log(System.Logger.Level.DEBUG, "the kernel takes no pages unasked", e);
        }
        return false;
      }
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
