package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnixSocketsTest extends LinuxTest {
  private final SocketMessage message = new SocketMessage(64);

  private void put(String text) {
    message.data().put(0, text.getBytes(StandardCharsets.US_ASCII));
  }

  private String text(int length) {
    byte[] bytes = new byte[length];
    message.data().get(0, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  @SuppressWarnings("try") // closed before its end
  void bytesGoFromOneEndToTheOther() throws IOException {
    try (Fd listening = UnixSockets.listen(dir, name("s"), 1);
        Fd client = UnixSockets.connect(dir, name("s"));
        Fd server = UnixSockets.accept(listening)) {
      put("question");
      assertEquals(8, message.send(client, 0, 8));
      assertEquals(5, message.receive(server, 0, 5));
      assertEquals("quest", text(5));
      assertEquals(3, message.receive(server, 5, 50));
      assertEquals("question", text(8));
      put("answer");
      message.send(server, 0, 6);
      assertEquals(6, message.receive(client, 0, 64));
      server.close();
      assertEquals(0, message.receive(client, 0, 1));
      assertErrno(Errno.EPIPE, () -> message.send(client, 0, 1));
    }
  }

  @Test
  void descriptorsAndTheSendersPidTravelAlong() throws IOException {
    try (Fd listening = UnixSockets.listen(dir, name("s"), 1);
        Fd client = UnixSockets.connect(dir, name("s"));
        Fd server = UnixSockets.accept(listening);
        Fd file = create("f")) {
      message.send(client, 0, 1);
      message.send(client, 0, 1, file, file);
      assertEquals(1, message.receive(server, 0, 1));
      assertEquals(List.of(), message.takeFds());
      assertEquals(1, message.receive(server, 0, 64));
      assertEquals(Processes.pid(), message.senderPid());
      List<Fd> received = message.takeFds();
      assertEquals(2, received.size());
      try (Fd first = received.get(0);
          Fd second = received.get(1)) {
        FileIo.pwriteFully(first, ByteBuffer.allocateDirect(3), 0);
        FileIo.pwriteFully(second, ByteBuffer.allocateDirect(3), 3);
      }
      assertEquals(6, Files.size(path.resolve("f")));
    }
  }

  @Test
  void theSenderIsTheOneWhoSentNotTheOneWhoConnected() throws Exception {
    String script =
        """
        import os, socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        if os.fork() == 0:
          s.send(b'%10d' % os.getpid())
          os._exit(0)
        os.wait()
        """;
    try (Fd listening = UnixSockets.listen(dir, name("s"), 1)) {
      Process child = new ProcessBuilder("python3", "-c", script, path + "/s").start();
      try (Fd server = UnixSockets.accept(listening)) {
        assertEquals(10, message.receive(server, 0, 10));
        assertEquals(Integer.parseInt(text(10).strip()), message.senderPid());
        assertFalse(message.senderPid() == child.pid());
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void descriptorsThatNobodyTakesAreClosed() throws IOException {
    Fd[] pair = UnixSockets.pair();
    Fd[] pipe = Pipes.create();
    try (Fd one = pair[0];
        Fd other = pair[1];
        Fd read = pipe[0]) {
      message.send(one, 0, 1, pipe[1]);
      pipe[1].close();
      message.receive(other, 0, 1); // has the only writing end now
      message.send(one, 0, 1);
      message.receive(other, 0, 1);
      assertEquals(0, DeviceIo.read(read, Addresses.of(message.data()), 1), "end of the pipe");
    }
  }

  @Test
  void thePathOfTheDirectoryMayBeLong() throws IOException {
    String part = "d".repeat(100);
    try (Fd first = directory(part)) {
      Entries.mkdir(first, name(part), 0700);
      try (Fd second = Open.directory(first, name(part));
          Fd listening = UnixSockets.listen(second, name("lazy-pages.socket"), 1);
          Fd client = UnixSockets.connect(second, name("lazy-pages.socket"));
          Fd server = UnixSockets.accept(listening)) {
        assertTrue(Files.exists(path.resolve(part).resolve(part).resolve("lazy-pages.socket")));
        message.send(client, 0, 1);
        assertEquals(1, message.receive(server, 0, 1));
      }
    }
    assertErrno(Errno.ENAMETOOLONG, () -> UnixSockets.listen(dir, name(part), 1));
  }

  @Test
  void whoIsNotThereIsSaid() throws IOException {
    LinuxException e = assertErrno(Errno.ENOENT, () -> UnixSockets.connect(dir, name("s")));
    assertTrue(e.getMessage().contains(path + "/s"), e.getMessage());
    UnixSockets.listen(dir, name("s"), 1).close();
    assertErrno(Errno.ECONNREFUSED, () -> UnixSockets.connect(dir, name("s")));
    assertErrno(Errno.EADDRINUSE, () -> UnixSockets.listen(dir, name("s"), 1));
  }

  @Test
  void aMessageIsNotLeft() {
    assertThrows(IllegalArgumentException.class, () -> message.receive(dir, 60, 5));
    assertThrows(IllegalArgumentException.class, () -> message.send(dir, -1, 5));
    assertThrows(IllegalArgumentException.class, () -> message.send(dir, 0, 0));
  }
}
