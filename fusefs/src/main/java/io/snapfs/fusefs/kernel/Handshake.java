package io.snapfs.fusefs.kernel;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The first request of a connection and its answer: INIT. */
final class Handshake {
  private Handshake() {}

  /**
   * Waits for the kernel's greeting and answers it.
   *
   * @param maxPages of a request, at least 1; Linux allows no more than 256 without a sysctl
   * @throws SnapfsException if the kernel is too old
   */
  static Terms perform(Channel channel, int maxPages) throws IOException {
    try (Request request = new Request();
        Reply reply = new Reply(channel)) {
      while (true) {
        if (!request.receive(channel)) {
          throw new SnapfsException(
              FuseDevice.PATH + ": expected a greeting, got " + request.length() + " odd bytes");
        }
        reply.begin(request.unique());
        if (request.opcode() != Opcode.INIT || request.bodyLength() < Greeting.MIN_SIZE) {
          reply.error(Errno.EPROTO);
          throw new SnapfsException(
              FuseDevice.PATH
                  + ": expected a greeting, got a request with opcode "
                  + request.opcode()
                  + " and "
                  + request.length()
                  + " bytes");
        }
        Greeting greeting = Greeting.of(request);
        if (greeting.major() <= FuseProtocol.MAJOR) {
          return answer(greeting, reply, maxPages);
        }
        offerOurVersion(reply);
      }
    }
  }

  private static Terms answer(Greeting greeting, Reply reply, int maxPages) throws SnapfsException {
    if (greeting.major() < FuseProtocol.MAJOR
        || Integer.compareUnsigned(greeting.minor(), FuseProtocol.OLDEST_MINOR) < 0) {
      reply.error(Errno.EPROTO);
      throw new SnapfsException(
          "this kernel speaks version %s of the FUSE protocol, transport kernel needs %d.%d (Linux 5.4) or later; mount with --transport libfuse"
              .formatted(greeting.version(), FuseProtocol.MAJOR, FuseProtocol.OLDEST_MINOR));
    }
    Terms terms = Terms.of(greeting, maxPages);
    ByteBuffer out = reply.structure(Terms.SIZE);
    terms.put(out, out.position());
    reply.sendStructure(Terms.SIZE);
    return terms;
  }

  /** A newer kernel then greets again in our version. */
  private static void offerOurVersion(Reply reply) {
    ByteBuffer out = reply.structure(Terms.SIZE);
    out.putInt(out.position(), FuseProtocol.MAJOR);
    reply.sendStructure(Terms.SIZE);
  }
}
