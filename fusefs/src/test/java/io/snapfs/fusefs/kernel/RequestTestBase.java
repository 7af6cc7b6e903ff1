package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Hands requests to the handlers of a {@link SampleView} and looks at the replies. */
abstract class RequestTestBase {
  static final int HEADER = 16;

  @TempDir Path temp;

  final SampleView view = new SampleView();
  final DirectoryRequests directories = new DirectoryRequests(view);
  final Dispatcher dispatcher = new Dispatcher();
  FileRequests files;
  FakeChannel channel;
  private PageFeeder feeder;
  private Request request;
  private Reply reply;

  @BeforeEach
  final void open() throws LinuxException {
    feeder = new PageFeeder(new FakeChannel(temp));
    files = new FileRequests(view, Backings.none(), feeder);
    new InodeRequests(view).register(dispatcher);
    files.register(dispatcher);
    directories.register(dispatcher);
    channel = new FakeChannel(temp);
    request = new Request();
    reply = new Reply(channel);
  }

  @AfterEach
  final void close() {
    request.close();
    reply.close();
    channel.close();
    feeder.close();
  }

  /** Lets a request through; false if it was none. */
  final boolean send(byte[] bytes) throws LinuxException {
    channel.say(bytes);
    if (!request.receive(channel)) {
      return false;
    }
    dispatcher.dispatch(request, reply);
    return true;
  }

  /** The body of the answer to a request, which must succeed. */
  final ByteBuffer ask(int opcode, long inode, byte[] body) throws LinuxException {
    assertTrue(send(RequestBytes.request(opcode, inode, body)));
    ByteBuffer answer = channel.takeReply();
    assertEquals(answer.remaining(), answer.getInt(0));
    assertEquals(0, answer.getInt(4));
    assertEquals(RequestBytes.UNIQUE, answer.getLong(8));
    return answer.position(HEADER).slice().order(answer.order());
  }

  final void assertErrno(int errno, int opcode, long inode, byte[] body) throws LinuxException {
    assertTrue(send(RequestBytes.request(opcode, inode, body)));
    ByteBuffer answer = channel.takeReply();
    assertEquals(HEADER, answer.remaining());
    assertEquals(HEADER, answer.getInt(0));
    assertEquals(-errno, answer.getInt(4));
    assertEquals(RequestBytes.UNIQUE, answer.getLong(8));
  }
}
