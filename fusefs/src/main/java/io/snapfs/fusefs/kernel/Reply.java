package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.linux.Errno;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;

/**
 * Owns the memory that replies are made in, and sends them, each by one call. Confined to a thread.
 *
 * <p>Each begins with {@code struct fuse_out_header}:
 *
 * <pre>
 * 0     u32 length of the whole reply
 * 4     s32 0 or a negative error number
 * 8     u64 unique of the request
 * 16    body, only without an error
 * </pre>
 *
 * The body is either made in this memory, right behind the header, or, for a read, consists of
 * pieces of the cache's memory, which nobody copies but the kernel.
 */
final class Reply extends ReadSink implements AutoCloseable {
  /** Longest body that is made here. */
  static final int MAX_BODY = FileHandle.MAX_READ;

  static final int HEADER_SIZE = 16;

  private static final System.Logger LOG = System.getLogger(Reply.class.getName());
  private static final int LENGTH = 0;
  private static final int ERROR = 4;
  private static final int UNIQUE = 8;

  private final Channel channel;
  private final NativeMemory memory;
  private final ByteBuffer bytes;
  private final IoVector vector = new IoVector(IoVector.MAX_PIECES);
  private long unique;
  private int pieces;
  private int pieceBytes;
  private boolean answered;

  Reply(Channel channel) throws LinuxException {
    this.channel = channel;
    this.memory = NativeMemory.allocate(HEADER_SIZE + MAX_BODY);
    this.bytes = memory.slice(0, HEADER_SIZE + MAX_BODY);
  }

  /** Begins the reply to a request. */
  void begin(long uniqueOfRequest) {
    unique = uniqueOfRequest;
    answered = false;
    pieces = 0;
    pieceBytes = 0;
  }

  /** Whether nothing more is to be sent. */
  boolean isAnswered() {
    return answered;
  }

  /** Some requests have no reply. */
  void none() {
    answered = true;
  }

  /** Success, and nothing to tell. */
  void empty() {
    send(0, HEADER_SIZE);
  }

  void error(int errno) {
    boolean valid = errno > 0 && errno <= FuseProtocol.MAX_ERRNO;
    send(-(valid ? errno : Errno.EIO), HEADER_SIZE);
  }

  /** Room for a body: from its start on, at most {@code size} bytes, of any contents. */
  ByteBuffer room(int size) {
    return bytes.limit(HEADER_SIZE + size).position(HEADER_SIZE);
  }

  /** Room for a structure: zeros from its start on. Put it there by index, and send it. */
  ByteBuffer structure(int size) {
    ByteBuffer room = room(size);
    for (int i = 0; i < size; i++) {
      room.put(HEADER_SIZE + i, (byte) 0);
    }
    return room;
  }

  /** Sends a structure of this size. */
  boolean sendStructure(int size) {
    return send(0, HEADER_SIZE + size);
  }

  /** Sends what has been put into the room, up to its position. */
  void sendRoom() {
    send(0, bytes.position());
  }

  @Override
  public long room() {
    return memory.address() + HEADER_SIZE;
  }

  @Override
  public void piece(long address, int length) {
    vector.set(++pieces, address, length);
    pieceBytes += length;
  }

  /** Sends the pieces where they lie. */
  @Override
  public void end() {
    vector.set(0, memory.address(), HEADER_SIZE);
    write(0, HEADER_SIZE + pieceBytes, pieces + 1);
  }

  /**
   * Sends the header and what lies behind it.
   *
   * @return false if nobody waits for it any more
   */
  private boolean send(int error, int length) {
    vector.set(0, memory.address(), length);
    return write(error, length, 1);
  }

  private boolean write(int error, int length, int count) {
    bytes.putInt(LENGTH, length).putInt(ERROR, error).putLong(UNIQUE, unique);
    answered = true;
    try {
      channel.write(vector, count);
      return true;
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT) && !e.isErrno(Errno.ENODEV)) {
        LOG.log(System.Logger.Level.ERROR, "the kernel refuses a reply of " + length + " bytes", e);
      }
      return false;
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
