package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.ErrnoException;

/** Answers the requests of one opcode. Called by many threads at once. */
@FunctionalInterface
interface Handler {
  /**
   * Answers.
   *
   * @param request its body is at least as long as the handler was registered with
   * @throws ErrnoException what the caller is to see, if nothing has been answered
   */
  void handle(Request request, Reply reply) throws ErrnoException;
}
