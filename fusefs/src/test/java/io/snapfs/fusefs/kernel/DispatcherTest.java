package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.fusefs.LogCapture;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every request, however broken. */
final class DispatcherTest extends RequestTestBase {
  private static final byte[] NOTHING = new byte[0];

  /** ACCESS, FLUSH, FSYNC, INTERRUPT, POLL, STATX, and what is not there yet. */
  private static final List<Integer> UNKNOWN = List.of(34, 25, 20, 36, 40, 52, 63, 64, 4096, -1);

  @Test
  void whatIsUnknownIsSaidToBe() throws LinuxException {
    for (int opcode : UNKNOWN) {
      assertErrno(Errno.ENOSYS, opcode, 1, new byte[64]);
    }
  }

  @Test
  void nothingCanBeWritten() throws LinuxException {
    for (int opcode : Opcode.writes()) {
      assertErrno(Errno.EROFS, opcode, SampleView.FILE, NOTHING);
    }
  }

  @Test
  void shortRequestsAreRefused() throws LinuxException {
    for (int opcode : List.of(Opcode.OPEN, Opcode.READ, Opcode.RELEASE, Opcode.LSEEK)) {
      assertErrno(Errno.EINVAL, opcode, SampleView.FILE, new byte[7]);
    }
    assertErrno(Errno.EINVAL, Opcode.LOOKUP, 1, NOTHING);
    assertErrno(Errno.EINVAL, Opcode.LOOKUP, 1, new byte[] {'a', 'b'}); // no NUL
    assertErrno(Errno.EINVAL, Opcode.LOOKUP, 1, new byte[] {0}); // no name
  }

  @Test
  void whatIsNoRequestIsToldApart() throws LinuxException {
    assertFalse(send(NOTHING));
    assertFalse(send(new byte[39]));
    byte[] lying = RequestBytes.request(Opcode.STATFS, 1, NOTHING);
    lying[0]++;
    assertFalse(send(lying));
    assertEquals(List.of(), channel.replies());
  }

  @Test
  void forgettingHasNoReply() throws LinuxException {
    for (int opcode : List.of(Opcode.FORGET, Opcode.BATCH_FORGET, Opcode.NOTIFY_REPLY)) {
      assertTrue(send(RequestBytes.request(opcode, 5, NOTHING)));
    }
    assertEquals(List.of(), channel.replies());
  }

  @Test
  void mistakesAndOddErrorsAreEio() throws LinuxException {
    try (LogCapture log = new LogCapture()) {
      assertErrno(Errno.EIO, Opcode.LOOKUP, SampleView.DIRECTORY, RequestBytes.name("broken"));
      assertEquals(List.of("a request failed, its caller gets EIO"), log.lines());
    }
    assertErrno(Errno.EIO, Opcode.LOOKUP, SampleView.DIRECTORY, RequestBytes.name("odd"));
    assertErrno(Errno.ENOTDIR, Opcode.LOOKUP, SampleView.FILE, RequestBytes.name("file"));
  }

  @Test
  void theEndOfTheMountIsAnswered() throws LinuxException {
    assertEquals(0, ask(Opcode.DESTROY, 0, NOTHING).remaining());
  }

  @Test
  void randomRequestsAreAnsweredOnceAtMost() throws LinuxException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long number =
        send(RequestBytes.request(Opcode.OPEN, SampleView.FILE, RequestBytes.open(0)))
            ? channel.takeReply().getLong(HEADER)
            : -1;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = randomRequest(random, number);
      String what = "seed " + seed + ", request " + i;
      assertTrue(send(bytes), what);
      assertTrue(channel.replies().size() <= 1, what);
      for (ByteBuffer reply : channel.replies()) {
        assertEquals(reply.remaining(), reply.getInt(0), what);
        int error = reply.getInt(4);
        assertTrue(error <= 0 && error > -512, what);
        assertTrue(error == 0 || reply.remaining() == HEADER, what);
        assertEquals(RequestBytes.UNIQUE, reply.getLong(8), what);
      }
      channel.replies().clear();
    }
    files.closeAll();
    directories.closeAll();
    assertEquals(0, view.openHandles(), "seed " + seed);
  }

  private static byte[] randomRequest(Random random, long handle) {
    byte[] body = new byte[random.nextInt(100)];
    random.nextBytes(body);
    if (body.length >= 24 && random.nextBoolean()) { // likely to get somewhere
      ByteBuffer fields = RequestBytes.little(24);
      fields.putLong(handle + random.nextInt(2)).putLong(random.nextInt(4 << 20));
      fields.putInt(random.nextInt(2 << 20) - 10).flip();
      fields.get(body, 0, 20);
    }
    long[] inodes = {1, SampleView.DIRECTORY, SampleView.FILE, random.nextLong()};
    return RequestBytes.request(random.nextInt(70), inodes[random.nextInt(inodes.length)], body);
  }
}
