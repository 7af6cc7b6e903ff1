package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.SystemInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A connection to the kernel and the threads that serve it, each through a queue of its own. */
final class KernelSession implements Transport.Session {
  /**
   * Bytes of a request that fills the page cache, at most. A window of readahead is then several
   * requests, which several threads decode, and each costs waking one of them and the reader. A
   * dump was read faster than with 128 KiB in three of four comparisons, those of 1 MiB were no
   * better, and a page fault would wait for all of one (by hand, docs/DESIGN-NOTES.md). Past the
   * page cache a read(2) sends its requests one after the other: there they are as long as they can
   * be.
   */
  private static final int CACHED_REQUEST = 512 << 10;

  /** More than cores, because a thread waits while its chunk is read and decoded. */
  private static final int MIN_THREADS = 4;

  private static final int MAX_THREADS = 16;

  private static final System.Logger LOG = System.getLogger(KernelSession.class.getName());

  private final FileSystemView view;
  private final FuseDevice device;
  private final Notifier notifier;
  private final PageFeeder feeder;
  private final FileRequests files;
  private final DirectoryRequests directories;
  private final Dispatcher dispatcher = new Dispatcher();
  private final List<ServingThread> threads = new ArrayList<>();
  private final CountDownLatch running;
  private boolean closed;

  private KernelSession(
      FileSystemView view,
      FuseDevice device,
      Terms terms,
      List<FuseDevice> queues,
      MountOptions options) {
    this.view = view;
    this.device = device;
    this.notifier = new Notifier(device);
    this.running = new CountDownLatch(queues.size() - 1);
    this.feeder = new PageFeeder(queues.get(0));
    if (options.has(MountOptions.Flag.DIRECT_IO)) {
      files = FileRequests.direct(view);
    } else {
      boolean passthrough = terms.has(InitFlags.PASSTHROUGH);
      Backings backings = passthrough ? new Backings(device) : Backings.none();
      files = new FileRequests(view, backings, feeder);
    }
    directories = new DirectoryRequests(view);
    new InodeRequests(view).register(dispatcher);
    files.register(dispatcher);
    directories.register(dispatcher);
  }

  static KernelSession start(FileSystemView view, byte[] mountpoint, MountOptions options)
      throws IOException {
    FuseDevice device = FuseDevice.open();
    try {
      KernelMount.mount(device, mountpoint, options);
      try {
        return serve(view, device, options);
      } catch (IOException | RuntimeException | Error e) {
        KernelMount.detach(mountpoint);
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private static KernelSession serve(FileSystemView view, FuseDevice device, MountOptions options)
      throws IOException {
    int request = options.has(MountOptions.Flag.DIRECT_IO) ? FileHandle.MAX_READ : CACHED_REQUEST;
    Terms terms = Handshake.perform(device, Math.max(1, request / SystemInfo.pageSize()));
    LOG.log(System.Logger.Level.DEBUG, "agreed with the kernel on {0}", terms);
    int threadCount = 2 * Runtime.getRuntime().availableProcessors();
    threadCount = Math.min(MAX_THREADS, Math.max(MIN_THREADS, threadCount));
    List<FuseDevice> queues = new ArrayList<>();
    try {
      for (int i = 0; i < 1 + threadCount; i++) {
        queues.add(device.another());
      }
    } catch (LinuxException e) {
      queues.forEach(FuseDevice::close);
      throw e;
    }
    KernelSession session = new KernelSession(view, device, terms, queues, options);
    session.startThreads(queues.subList(1, queues.size()));
    return session;
  }

  private void startThreads(List<FuseDevice> queues) {
    for (FuseDevice queue : queues) {
      threads.add(new ServingThread(this, queue, dispatcher, threads.size()));
    }
    try {
      threads.forEach(Thread::start);
      feeder.start();
    } catch (RuntimeException | Error e) { // as many threads as there may be
      threads.forEach(ServingThread::closeIfNotStarted);
      feeder.close();
      throw e;
    }
    view.addRemovalListener(notifier);
  }

  /** When the last thread has ended, whyever, nobody must wait for an answer any more. */
  void threadEnded() {
    running.countDown();
    if (running.getCount() == 0) {
      notifier.close();
      feeder.close();
      device.close();
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
    view.removeRemovalListener(notifier);
    joinThreads();
    feeder.close();
    join(feeder::join);
    files.closeAll();
    directories.closeAll();
  }

  private void joinThreads() {
    threads.forEach(thread -> join(thread::join));
  }

  private interface Joining {
    void join() throws InterruptedException;
  }

  private static void join(Joining end) {
    boolean interrupted = false;
    while (true) {
      try {
        end.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
