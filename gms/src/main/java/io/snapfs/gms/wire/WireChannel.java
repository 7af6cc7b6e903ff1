package io.snapfs.gms.wire;

import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.SocketMessage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/** Owns a connected socket and moves frames over it. One thread may receive while one sends. */
public final class WireChannel implements AutoCloseable {
  /** Most bytes of a message. */
  public static final int MOST_FRAME = 16 << 20;

  private static final int HEADER = Integer.BYTES;
  private static final int PIECE = 64 << 10;

  private final Fd socket;
  private final SocketMessage in = new SocketMessage(PIECE);
  private final SocketMessage out = new SocketMessage(PIECE);
  private Fd received;

  /** Over a connected socket, which is its from now on. */
  public WireChannel(Fd socket) {
    this.socket = socket;
  }

  /** For waiting until it can be read, or the other side is gone. */
  public Fd socket() {
    return socket;
  }

  /** Sends a request. */
  public void send(Request request) throws IOException {
    sendMessage(request.message(), null);
  }

  /**
   * Sends an answer.
   *
   * @param fd goes with it and stays the caller's; null for none
   */
  public void send(Response response, Fd fd) throws IOException {
    sendMessage(response.message(), fd);
  }

  /**
   * Waits for a request.
   *
   * @throws EOFException if the other side has closed
   * @throws WireException if it sent something else
   */
  public Request receiveRequest() throws IOException {
    return Request.of(receiveMessage(Request.MOST_VALUES));
  }

  /**
   * Waits for an answer.
   *
   * @throws EOFException if the other side has closed
   * @throws WireException if it sent something else
   */
  public Response receiveResponse() throws IOException {
    return Response.of(receiveMessage(Response.MOST_VALUES));
  }

  /** The descriptor that came with the last message, the caller's from now on; null if none did. */
  public Fd takeFd() {
    Fd taken = received;
    received = null;
    return taken;
  }

  private void sendMessage(Map<String, Object> message, Fd fd) throws IOException {
    byte[] packed = Packed.write(message);
    if (packed.length > MOST_FRAME) {
      throw new WireException(
          "a message of " + packed.length + " bytes is longer than " + MOST_FRAME);
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER + packed.length).order(ByteOrder.BIG_ENDIAN);
    frame.putInt(packed.length).put(packed).flip();
    Fd[] first = fd == null ? new Fd[0] : new Fd[] {fd};
    try {
      while (frame.hasRemaining()) {
        int length = Math.min(PIECE, frame.remaining());
        out.data().put(0, frame.array(), frame.position(), length);
        int sent =
            frame.position() == 0
                ? out.send(socket, 0, length, first)
                : out.send(socket, 0, length);
        frame.position(frame.position() + sent);
      }
    } catch (LinuxException e) {
      throw gone(e);
    }
  }

  private Map<String, Object> receiveMessage(int mostValues) throws IOException {
    dropFd();
    byte[] header = new byte[HEADER];
    receive(header, 0, HEADER, true);
    int length = ByteBuffer.wrap(header).order(ByteOrder.BIG_ENDIAN).getInt();
    if (length < 0 || length > MOST_FRAME) {
      throw new WireException(
          "a frame of " + Integer.toUnsignedLong(length) + " bytes is longer than " + MOST_FRAME,
          true);
    }
    // Grows as bytes arrive: who announces much and sends nothing costs nothing.
    byte[] frame = new byte[Math.min(length, PIECE)];
    int have = 0;
    while (have < length) {
      if (have == frame.length) {
        frame = Arrays.copyOf(frame, (int) Math.min(length, 2L * frame.length));
      }
      int piece = frame.length - have;
      receive(frame, have, piece, false);
      have += piece;
    }
    return Packed.read(frame, mostValues);
  }

  /** Receives exactly so many bytes. */
  private void receive(byte[] into, int from, int length, boolean mayEnd) throws IOException {
    int done = 0;
    while (done < length) {
      int count;
      try {
        count = in.receive(socket, 0, Math.min(PIECE, length - done));
      } catch (LinuxException e) {
        throw gone(e);
      }
      for (Fd each : in.takeFds()) {
        if (received == null) {
          received = each;
        } else {
          each.close(); // the protocol sends one at most
        }
      }
      if (count == 0) {
        throw new EOFException(
            mayEnd && done == 0
                ? "the other side has closed the connection"
                : "the other side has closed the connection within a message");
      }
      in.data().get(0, into, from + done, count);
      done += count;
    }
  }

  private static IOException gone(LinuxException e) {
    if (e.isErrno(Errno.EPIPE) || e.isErrno(Errno.ECONNRESET)) {
      EOFException closed = new EOFException("the other side has closed the connection");
      closed.initCause(e);
      return closed;
    }
    return e;
  }

  private void dropFd() {
    Fd left = takeFd();
    if (left != null) {
      left.close();
    }
  }

  /** Closes the socket. No thread may be receiving or sending. */
  @Override
  public void close() {
    dropFd();
    socket.close();
  }
}
