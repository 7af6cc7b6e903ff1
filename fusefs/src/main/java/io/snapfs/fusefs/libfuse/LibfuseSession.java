package io.snapfs.fusefs.libfuse;

import io.snapfs.format.SnapfsException;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Names;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A mount through libfuse: its channel to the kernel, and the threads that read from it. */
final class LibfuseSession implements Transport.Session {
  /** More than cores, because a thread waits while its chunk is read and decoded. */
  private static final int MIN_THREADS = 4;

  private static final int MAX_THREADS = 16;

  private final LibFuse library = LibFuseLoader.library();
  private final Requests requests;
  private final Operations operations;
  private final List<LibfuseThread> threads = new ArrayList<>();
  private final CountDownLatch answering = new CountDownLatch(1);
  private final CountDownLatch running;
  private long session;
  private long channel;
  private boolean closed;

  private LibfuseSession(FileSystemView view, MountOptions options, int threadCount) {
    requests = new Requests(view, options.has(MountOptions.Flag.DIRECT_IO));
    operations = requests.operations();
    running = new CountDownLatch(threadCount);
  }

  static LibfuseSession start(FileSystemView view, byte[] mountpoint, MountOptions options)
      throws SnapfsException {
    int threadCount =
        Math.min(
            MAX_THREADS, Math.max(MIN_THREADS, 2 * Runtime.getRuntime().availableProcessors()));
    LibfuseSession result = new LibfuseSession(view, options, threadCount);
    result.mount(mountpoint, options);
    result.serve(mountpoint, threadCount);
    return result;
  }

  private void mount(byte[] mountpoint, MountOptions options) throws SnapfsException {
    byte[] terminated = Arrays.copyOf(mountpoint, mountpoint.length + 1);
    Arguments arguments = Arguments.of(options);
    try {
      channel = library.fuse_mount(terminated, arguments.address());
      if (channel == 0) {
        throw new SnapfsException(
            "libfuse can't mount on "
                + Names.printable(mountpoint)
                + ": its reason is the line beginning with 'fuse' or 'fusermount' above");
      }
      session =
          library.fuse_lowlevel_new(
              arguments.address(), operations.address(), operations.size(), 0);
      if (session == 0) {
        library.fuse_unmount(terminated, channel);
        throw new SnapfsException(
            "libfuse refuses the options " + Arguments.text(options) + ": its reason is above");
      }
    } finally {
      library.fuse_opt_free_args(arguments.address());
      Reference.reachabilityFence(arguments); // it owns the memory at that address
    }
    library.fuse_session_add_chan(session, channel);
  }

  private void serve(byte[] mountpoint, int threadCount) throws SnapfsException {
    int bufferSize = Math.toIntExact(library.fuse_chan_bufsize(channel));
    for (int i = 0; i < threadCount; i++) {
      LibfuseThread thread = new LibfuseThread(library, this, bufferSize, i);
      threads.add(thread);
      thread.start();
    }
    try {
      answering.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (running.getCount() == 0) {
      library.fuse_unmount(Arrays.copyOf(mountpoint, mountpoint.length + 1), 0);
      close();
      throw new SnapfsException(
          "libfuse and this kernel do not understand each other; what libfuse said is above");
    }
  }

  long session() {
    return session;
  }

  long channel() {
    return channel;
  }

  /**
   * Called after each request. The first is the kernel's greeting; once that is answered, the
   * kernel passes on everything else.
   */
  void answered() {
    answering.countDown();
  }

  void threadEnded() {
    running.countDown();
    if (running.getCount() == 0) {
      answering.countDown();
    }
  }

  @Override
  public boolean awaitEnd(long timeoutMillis) throws InterruptedException {
    if (timeoutMillis == 0) {
      running.await();
      return true;
    }
    return running.await(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    joinThreads();
    requests.closeAll();
    library.fuse_session_destroy(session); // closes the channel too
  }

  private void joinThreads() {
    boolean interrupted = false;
    for (LibfuseThread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
