package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.linux.Errno;

/**
 * Finds the handler of each request. Whatever comes, however broken, is answered once and throws
 * nothing. Immutable once it is shared; safe for use by many threads.
 */
final class Dispatcher {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

  private final Handler[] handlers = new Handler[Opcode.COUNT];
  private final int[] minimumBodies = new int[Opcode.COUNT];

  /** Knows no more than that nothing can be written. */
  Dispatcher() {
    for (int opcode : Opcode.writes()) {
      on(opcode, 0, (request, reply) -> reply.error(Errno.EROFS));
    }
  }

  /**
   * Registers a handler.
   *
   * @param minimumBody shorter requests are refused
   */
  Dispatcher on(int opcode, int minimumBody, Handler handler) {
    handlers[opcode] = handler;
    minimumBodies[opcode] = minimumBody;
    return this;
  }

  /** Answers a request. */
  void dispatch(Request request, Reply reply) {
    reply.begin(request.unique());
    int errno;
    try {
      errno = handle(request, reply);
    } catch (ErrnoException e) {
      errno = e.errno();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a request failed, its caller gets EIO", e);
      errno = Errno.EIO;
    }
    if (!reply.isAnswered()) {
      reply.error(errno);
    }
  }

  /** Returns what to answer if the handler has not answered, which would be a mistake of its. */
  private int handle(Request request, Reply reply) throws ErrnoException {
    int opcode = request.opcode();
    if (opcode < 0 || opcode >= Opcode.COUNT || handlers[opcode] == null) {
      return Errno.ENOSYS; // after which the kernel does without, and does not ask again
    }
    if (request.bodyLength() < minimumBodies[opcode]) {
      return Errno.EINVAL;
    }
    handlers[opcode].handle(request, reply);
    return Errno.EIO;
  }
}
