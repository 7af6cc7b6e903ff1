package io.snapfs.fusefs.kernel;

import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;

/** Owns one queue of a connection to the kernel: whole requests come out, whole replies go in. */
interface Channel extends AutoCloseable {
  /**
   * Takes the next request, and waits for it.
   *
   * @return its length in bytes
   * @throws LinuxException ENODEV when the connection has ended
   */
  int read(long address, int capacity) throws LinuxException;

  /**
   * Sends one reply.
   *
   * @throws LinuxException ENOENT if nobody waits for it any more
   */
  void write(IoVector pieces, int count) throws LinuxException;

  @Override
  void close();
}
