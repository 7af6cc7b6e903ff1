package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class InodeRequestsTest extends RequestTestBase {
  private static final byte[] NOTHING = new byte[0];
  private static final long TEN_YEARS = 10L * 365 * 24 * 3600;

  private static String text(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void assertFileAttributes(ByteBuffer body, int at) {
    assertEquals(SampleView.FILE, body.getLong(at));
    assertEquals(SampleView.SIZE, body.getLong(at + 8));
    assertEquals(77, body.getLong(at + 16));
    for (int time = 0; time < 3; time++) {
      assertEquals(-1, body.getLong(at + 24 + 8 * time), "before 1970");
      assertEquals(999_999_999, body.getInt(at + 48 + 4 * time));
    }
    assertEquals(0100640, body.getInt(at + 60));
    assertEquals(3, body.getInt(at + 64));
    assertEquals(-2, body.getInt(at + 68));
    assertEquals(1001, body.getInt(at + 72));
    assertEquals(0x12380145, body.getInt(at + 76), "new_encode_dev(0x801:0x12345)");
    assertEquals(4096, body.getInt(at + 80));
    assertEquals(0, body.getInt(at + 84));
  }

  @Test
  void aLookupGivesTheInodeAndItsAttributes() throws LinuxException {
    ByteBuffer body = ask(Opcode.LOOKUP, SampleView.DIRECTORY, RequestBytes.name("file"));
    assertEquals(128, body.remaining());
    assertEquals(SampleView.FILE, body.getLong(0));
    assertEquals(0, body.getLong(8));
    assertEquals(TEN_YEARS, body.getLong(16));
    assertEquals(TEN_YEARS, body.getLong(24));
    assertEquals(0, body.getInt(32));
    assertEquals(0, body.getInt(36));
    assertFileAttributes(body, 40);
  }

  @Test
  void whatMayChangeHoldsBriefly() throws LinuxException {
    ByteBuffer body = ask(Opcode.LOOKUP, 1, RequestBytes.name("d"));
    assertEquals(SampleView.DIRECTORY, body.getLong(0));
    assertEquals(0, body.getLong(16));
    assertEquals(0, body.getLong(24));
    assertEquals(300_000_000, body.getInt(32));
    assertEquals(300_000_000, body.getInt(36));
  }

  @Test
  void thatThereIsNoSuchNameIsKeptToo() throws LinuxException {
    ask(Opcode.LOOKUP, SampleView.DIRECTORY, RequestBytes.name("file")); // leaves bytes behind
    ByteBuffer body = ask(Opcode.LOOKUP, SampleView.DIRECTORY, RequestBytes.name("nobody"));
    assertEquals(128, body.remaining());
    assertEquals(TEN_YEARS, body.getLong(16));
    body.putLong(16, 0);
    for (int at = 0; at < 128; at += 8) {
      assertEquals(0, body.getLong(at), "at " + at);
    }
  }

  @Test
  void attributesComeWithTheirValidity() throws LinuxException {
    ByteBuffer body = ask(Opcode.GETATTR, SampleView.FILE, new byte[16]);
    assertEquals(104, body.remaining());
    assertEquals(TEN_YEARS, body.getLong(0));
    assertEquals(0, body.getLong(8));
    assertFileAttributes(body, 16);
    assertEquals(300_000_000, ask(Opcode.GETATTR, 1, new byte[16]).getInt(8));
    assertErrno(Errno.ESTALE, Opcode.GETATTR, 99, new byte[16]);
  }

  @Test
  void aLinkIsItsBytes() throws LinuxException {
    assertEquals(SampleView.TARGET, text(ask(Opcode.READLINK, SampleView.FILE, NOTHING)));
    assertErrno(Errno.EINVAL, Opcode.READLINK, 1, NOTHING);
  }

  @Test
  void extendedAttributesComeIfThereIsRoom() throws LinuxException {
    byte[] howLong = RequestBytes.xattr(0, "user.a");
    assertEquals(3, ask(Opcode.GETXATTR, SampleView.FILE, howLong).getInt(0));
    ByteBuffer value = ask(Opcode.GETXATTR, SampleView.FILE, RequestBytes.xattr(3, "user.a"));
    byte[] bytes = new byte[3];
    value.get(bytes);
    assertArrayEquals(new byte[] {1, 0, 2}, bytes);
    assertErrno(Errno.ERANGE, Opcode.GETXATTR, 1, RequestBytes.xattr(2, "user.a"));
    assertErrno(Errno.ENODATA, Opcode.GETXATTR, 1, RequestBytes.xattr(2, "user.abc"));
    assertErrno(Errno.EINVAL, Opcode.GETXATTR, 1, RequestBytes.xattr(2, ""));
    assertEquals(14, ask(Opcode.LISTXATTR, 1, RequestBytes.xattr(0, "")).getInt(0));
    assertEquals("user.a\0user.b\0", text(ask(Opcode.LISTXATTR, 1, RequestBytes.xattr(-1, ""))));
    assertErrno(Errno.ERANGE, Opcode.LISTXATTR, 1, RequestBytes.xattr(13, ""));
  }

  @Test
  void theWholeHasASizeAndNothingFree() throws LinuxException {
    ByteBuffer body = ask(Opcode.STATFS, 1, NOTHING);
    assertEquals(80, body.remaining());
    assertEquals(2, body.getLong(0));
    assertEquals(0, body.getLong(8));
    assertEquals(0, body.getLong(16));
    assertEquals(9, body.getLong(24));
    assertEquals(0, body.getLong(32));
    assertEquals(4096, body.getInt(40));
    assertEquals(255, body.getInt(44));
    assertEquals(4096, body.getInt(48));
  }
}
