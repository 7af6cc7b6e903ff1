package io.snapfs.fusefs.kernel;

import com.kenai.jffi.MemoryIO;
import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A kernel that says what a test puts into its mouth, and keeps the replies. */
final class FakeChannel implements Channel {
  private final Deque<byte[]> requests = new ArrayDeque<>();
  private final List<ByteBuffer> replies = new ArrayList<>();
  private final Fd file;
  private long end;
  private int refusal;

  FakeChannel(Path directory) throws LinuxException {
    file = Open.at(Fd.CWD, Names.of(directory.toString()), Open.O_TMPFILE | Open.O_RDWR, 0600);
  }

  FakeChannel say(byte[] request) {
    requests.add(request);
    return this;
  }

  /** Answers every reply with an error from now on. */
  void refuseReplies(int errno) {
    refusal = errno;
  }

  List<ByteBuffer> replies() {
    return replies;
  }

  /** The only reply so far, which is then forgotten. */
  ByteBuffer takeReply() {
    if (replies.size() != 1) {
      throw new AssertionError("expected one reply, got " + replies.size());
    }
    return replies.remove(0);
  }

  @Override
  public int read(long address, int capacity) throws LinuxException {
    byte[] request = requests.poll();
    if (request == null) {
      throw new LinuxException("read", Errno.ENODEV, "fake");
    }
    MemoryIO.getInstance().putByteArray(address, request, 0, request.length);
    return request.length;
  }

  @Override
  public void write(IoVector pieces, int count) throws LinuxException {
    long length = DeviceIo.writev(file, pieces, count);
    if (refusal != 0) {
      throw new LinuxException("writev", refusal, "fake");
    }
    ByteBuffer reply = ByteBuffer.allocateDirect((int) length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      FileIo.preadFully(file, reply, end);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    end += length;
    replies.add(reply.flip());
  }

  @Override
  public void close() {
    file.close();
  }
}
