package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HandshakeTest {
  private static final int PAGES = 256;
  private static final int READAHEAD = 128 * 1024;

  /** What Linux 6.18 offers, recorded. */
  private static final int NEW_FLAGS = 0x73fffffb;

  private static final int NEW_FLAGS2 = 0x5fd;

  /** What Linux 5.10 offers: all up to bit 27, and no INIT_EXT. */
  private static final int OLD_FLAGS = 0x0ffffffb;

  @TempDir Path temp;
  private FakeChannel channel;

  @BeforeEach
  void open() throws IOException {
    channel = new FakeChannel(temp);
  }

  @AfterEach
  void close() {
    channel.close();
  }

  private Terms greet(byte[] greeting) throws IOException {
    channel.say(RequestBytes.request(Opcode.INIT, 0, greeting));
    return Handshake.perform(channel, PAGES);
  }

  private ByteBuffer replyWithBody() {
    ByteBuffer reply = channel.takeReply();
    assertEquals(16 + 64, reply.remaining());
    assertEquals(16 + 64, reply.getInt(0));
    assertEquals(0, reply.getInt(4));
    assertEquals(RequestBytes.UNIQUE, reply.getLong(8));
    return reply.position(16).slice().order(reply.order());
  }

  @Test
  void aNewKernelGetsAllThatIsOfUse() throws IOException {
    Terms terms = greet(RequestBytes.greeting(7, 45, READAHEAD, NEW_FLAGS, NEW_FLAGS2));
    assertTrue(terms.has(InitFlags.PASSTHROUGH));
    ByteBuffer body = replyWithBody();
    assertEquals(7, body.getInt(0));
    assertEquals(FuseProtocol.MINOR, body.getInt(4));
    assertEquals(READAHEAD, body.getInt(8));
    int flags = 1 | 1 << 13 | 1 << 14 | 1 << 15 | 1 << 18 | 1 << 22 | 1 << 23 | 1 << 25 | 1 << 30;
    assertEquals(flags, body.getInt(12));
    assertEquals(64, body.getShort(16));
    assertEquals(48, body.getShort(18));
    assertEquals(4096, body.getInt(20));
    assertEquals(1, body.getInt(24));
    assertEquals(256, body.getShort(28));
    assertEquals(0, body.getShort(30));
    assertEquals(1 << 4 | 1 << 5, body.getInt(32));
    assertEquals(1, body.getInt(36));
    for (int at = 40; at < 64; at += 4) {
      assertEquals(0, body.getInt(at), "reserved, at " + at);
    }
  }

  @Test
  void anOldKernelGetsOnlyWhatItOffers() throws IOException {
    Terms terms = greet(RequestBytes.greeting(7, 31, READAHEAD, OLD_FLAGS));
    assertFalse(terms.has(InitFlags.PASSTHROUGH));
    assertFalse(terms.has(InitFlags.INIT_EXT));
    ByteBuffer body = replyWithBody();
    assertEquals(31, body.getInt(4));
    assertEquals(0, body.getInt(12) & ~OLD_FLAGS);
    assertEquals(256, body.getShort(28));
    assertEquals(0, body.getInt(32));
    assertEquals(0, body.getInt(36));
  }

  @Test
  void aKernelThatOffersNothingGetsNothing() throws IOException {
    greet(RequestBytes.greeting(7, 45, 4096, 0, -1));
    ByteBuffer body = replyWithBody();
    assertEquals(4096, body.getInt(8));
    assertEquals(0, body.getInt(12));
    assertEquals(0, body.getShort(28));
    assertEquals(0, body.getInt(32));
  }

  @Test
  void flags2AreNotBelievedWithoutInitExt() throws IOException {
    int flags = NEW_FLAGS & ~(1 << 30);
    assertFalse(
        greet(RequestBytes.greeting(7, 45, READAHEAD, flags, -1)).has(InitFlags.PASSTHROUGH));
    assertEquals(0, replyWithBody().getInt(32));
    // Nor are they there if the request ends before them.
    assertFalse(greet(RequestBytes.greeting(7, 45, READAHEAD, -1)).has(InitFlags.INIT_EXT));
  }

  @Test
  void requestsAreAsLongAsIsAskedFor() throws IOException {
    channel.say(
        RequestBytes.request(Opcode.INIT, 0, RequestBytes.greeting(7, 32, READAHEAD, OLD_FLAGS)));
    assertEquals(16, Handshake.perform(channel, 16).maxPages());
    assertEquals(16, replyWithBody().getShort(28));
  }

  @Test
  void aKernelOfAnotherMajorVersionIsToldOurs() throws IOException {
    channel.say(RequestBytes.request(Opcode.INIT, 0, RequestBytes.greeting(8, 3, READAHEAD, -1)));
    greet(RequestBytes.greeting(7, 45, READAHEAD, NEW_FLAGS, NEW_FLAGS2));
    assertEquals(2, channel.replies().size());
    ByteBuffer first = channel.replies().get(0);
    assertEquals(7, first.getInt(16));
    assertEquals(0, first.getInt(16 + 12));
  }

  @Test
  void aKernelThatIsTooOldIsRefused() {
    for (int minor : new int[] {8, 30}) {
      SnapfsException e =
          assertThrows(
              SnapfsException.class,
              () -> greet(RequestBytes.greeting(7, minor, READAHEAD, OLD_FLAGS)));
      assertTrue(e.getMessage().contains("version 7." + minor), e::getMessage);
      assertTrue(e.getMessage().contains("--transport libfuse"), e::getMessage);
      assertEquals(-Errno.EPROTO, channel.takeReply().getInt(4));
    }
    assertThrows(SnapfsException.class, () -> greet(RequestBytes.greeting(6, 40, 0, 0)));
  }

  @Test
  void whatIsNoGreetingIsRefused() {
    channel.say(new byte[39]);
    assertThrows(SnapfsException.class, () -> Handshake.perform(channel, PAGES));
    channel.say(RequestBytes.request(Opcode.INIT, 0, new byte[15]));
    assertThrows(SnapfsException.class, () -> Handshake.perform(channel, PAGES));
    channel.say(RequestBytes.request(Opcode.LOOKUP, 1, RequestBytes.name("x")));
    assertThrows(SnapfsException.class, () -> Handshake.perform(channel, PAGES));
  }
}
