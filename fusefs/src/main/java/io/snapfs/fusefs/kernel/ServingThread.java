package io.snapfs.fusefs.kernel;

import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;

/**
 * Takes one request after the other out of a queue of its own and answers each before the next.
 * When it ends, the requests of its queue that have no answer fail.
 */
final class ServingThread extends Thread {
  private static final System.Logger LOG = System.getLogger(ServingThread.class.getName());

  private final KernelSession session;
  private final FuseDevice queue;
  private final Dispatcher dispatcher;

  ServingThread(KernelSession session, FuseDevice queue, Dispatcher dispatcher, int number) {
    super("snapfs-kernel-" + number);
    setDaemon(true);
    this.session = session;
    this.queue = queue;
    this.dispatcher = dispatcher;
  }

  /** It will not be started; one that has been closes its queue itself. */
  void closeIfNotStarted() {
    if (getState() == State.NEW) {
      queue.close();
    }
  }

  @Override
  public void run() {
    try (queue;
        Request request = new Request();
        Reply reply = new Reply(queue)) {
      while (receive(request)) {
        dispatcher.dispatch(request, reply);
      }
    } catch (LinuxException | RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, getName() + " has failed; the others go on", e);
    } finally {
      session.threadEnded();
    }
  }

  /** Waits for the next whole request; false when there will be none. */
  private boolean receive(Request request) throws LinuxException {
    while (true) {
      try {
        if (request.receive(queue)) {
          return true;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "the kernel sent " + request.length() + " bytes that are no request");
      } catch (LinuxException e) {
        switch (e.errno()) {
          case Errno.ENODEV, Errno.ECONNABORTED -> {
            return false; // unmounted, or aborted
          }
          case Errno.ENOENT, Errno.EAGAIN -> {
            // its caller was killed before the request got here
          }
          default -> throw e;
        }
      }
    }
  }
}
