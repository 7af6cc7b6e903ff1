package io.snapfs.fusefs.libfuse;

import io.snapfs.linux.Addresses;
import io.snapfs.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Takes one request after the other from the kernel and has libfuse call back for each, on this
 * thread.
 */
final class LibfuseThread extends Thread {
  private static final System.Logger LOG = System.getLogger(LibfuseThread.class.getName());

  private final LibFuse library;
  private final LibfuseSession session;

  // Fields, and not variables of the loop: only their addresses are used there, and the garbage
  // collector would free the memory under libfuse.
  private final ByteBuffer request;
  private final ByteBuffer channel;
  private Reply reply;

  LibfuseThread(LibFuse library, LibfuseSession session, int bufferSize, int number) {
    super("snapfs-libfuse-" + number);
    setDaemon(true);
    this.library = library;
    this.session = session;
    request = ByteBuffer.allocateDirect(bufferSize);
    channel = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  }

  /** The means to answer of the thread that a callback came on. */
  static Reply reply() {
    return ((LibfuseThread) Thread.currentThread()).reply;
  }

  @Override
  public void run() {
    try {
      reply = new Reply(library, request.capacity());
      serve();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, getName() + " has failed; the others go on", e);
    } finally {
      session.threadEnded();
    }
  }

  private void serve() {
    long address = Addresses.of(request);
    while (library.fuse_session_exited(session.session()) == 0) {
      channel.putLong(0, session.channel());
      int length = library.fuse_chan_recv(Addresses.of(channel), address, request.capacity());
      if (length > 0) {
        library.fuse_session_process(session.session(), address, length, channel.getLong(0));
        session.answered();
      } else if (length != -Errno.EINTR && length != -Errno.EAGAIN) {
        return; // 0: unmounted; others: libfuse has said why on standard error
      }
    }
  }
}
