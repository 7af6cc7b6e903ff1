package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NotifierTest {
  @TempDir Path temp;

  @Test
  void aNameThatHasGoneIsToldWithItsDirectory() throws LinuxException {
    try (FakeChannel channel = new FakeChannel(temp);
        Notifier notifier = new Notifier(channel)) {
      notifier.removed(77, Names.of("latest"));
      ByteBuffer message = channel.takeReply();
      assertEquals(16 + 16 + 7, message.remaining());
      assertEquals(message.remaining(), message.getInt(0));
      assertEquals(3, message.getInt(4), "FUSE_NOTIFY_INVAL_ENTRY");
      assertEquals(0, message.getLong(8), "nobody has asked");
      assertEquals(77, message.getLong(16));
      assertEquals(6, message.getInt(24));
      assertEquals(0, message.getInt(28));
      assertEquals('l', message.get(32));
      assertEquals(0, message.get(38));
    }
  }

  @Test
  void whatTheKernelDidNotKeepIsNoError() throws LinuxException {
    try (FakeChannel channel = new FakeChannel(temp);
        Notifier notifier = new Notifier(channel)) {
      channel.refuseReplies(Errno.ENOENT);
      notifier.removed(1, Names.of("x"));
      assertEquals(List.of(), channel.replies());
    }
  }

  @Test
  void afterTheEndNothingIsSaid() throws LinuxException {
    try (FakeChannel channel = new FakeChannel(temp)) {
      Notifier notifier = new Notifier(channel);
      notifier.close();
      notifier.removed(1, Names.of("x"));
      assertEquals(List.of(), channel.replies());
    }
  }
}
