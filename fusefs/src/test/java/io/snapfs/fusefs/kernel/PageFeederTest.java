package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.snapfs.format.read.PlacedSink;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class PageFeederTest {
  private static final long INODE = 99;

  @TempDir Path temp;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(4096).put(0, (byte) 7);

  /** A file of which one run lies around every offset. */
  private final class Around implements FileHandle {
    final CountDownLatch asked = new CountDownLatch(1);
    final AtomicInteger more = new AtomicInteger();

    @Override
    public int read(long offset, int length, ReadSink sink) {
      throw new AssertionError("only what is at hand");
    }

    @Override
    public void readAround(long offset, PlacedSink sink) {
      sink.accept(offset - 4096, bytes, 0, 4096);
      asked.countDown();
    }

    @Override
    public boolean readOn(long offset, PlacedSink sink) {
      if (more.get() == 0) {
        return false;
      }
      more.decrementAndGet();
      sink.accept(offset + 4096, bytes, 0, 4096);
      return true;
    }

    @Override
    public long seekData(long offset) {
      throw new AssertionError();
    }

    @Override
    public long seekHole(long offset) {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }

  @Test
  void whatLiesAroundAReadIsStoredWithItsPlace() throws Exception {
    FakeChannel channel = new FakeChannel(temp);
    PageFeeder feeder = new PageFeeder(channel);
    Around file = new Around();
    feeder.offer(file, INODE, 12_288);
    feeder.start();
    file.asked.await();
    feeder.close();
    feeder.join();
    ByteBuffer message = channel.takeReply();
    assertEquals(40 + 4096, message.remaining());
    assertEquals(message.remaining(), message.getInt(0));
    assertEquals(4, message.getInt(4), "FUSE_NOTIFY_STORE");
    assertEquals(0, message.getLong(8), "nobody has asked");
    assertEquals(INODE, message.getLong(16));
    assertEquals(8192, message.getLong(24));
    assertEquals(4096, message.getInt(32));
    assertEquals(0, message.getInt(36));
    assertEquals(7, message.get(40));
  }

  @Test
  void asLongAsNobodyReadsMoreIsStored() throws Exception {
    FakeChannel channel = new FakeChannel(temp);
    PageFeeder feeder = new PageFeeder(channel);
    Around file = new Around();
    file.more.set(2);
    Around next = new Around();
    feeder.offer(file, INODE, 12_288);
    feeder.offer(next, INODE, 40_960); // which goes first
    feeder.start();
    next.asked.await();
    assertEquals(2, file.more.get());
    Around last = new Around();
    last.more.set(3);
    feeder.offer(last, INODE, 4096);
    while (last.more.get() > 0) {
      Thread.onSpinWait();
    }
    feeder.close();
    feeder.join();
    List<Long> places = channel.replies().stream().map(reply -> reply.getLong(24)).toList();
    assertEquals(List.of(8192L, 36_864L, 0L, 8192L, 8192L, 8192L), places);
  }

  @Test
  void aKernelThatTakesNothingIsNotOfferedMore() throws Exception {
    FakeChannel channel = new FakeChannel(temp);
    channel.refuseReplies(Errno.ENOENT);
    PageFeeder feeder = new PageFeeder(channel);
    Around file = new Around();
    file.more.set(2);
    feeder.offer(file, INODE, 8192);
    feeder.start();
    file.asked.await();
    Around next = new Around();
    feeder.offer(next, INODE, 8192);
    next.asked.await();
    feeder.close();
    feeder.join();
    assertEquals(2, file.more.get());
  }

  @Test
  void aKernelThatTakesNothingIsNoError() throws Exception {
    FakeChannel channel = new FakeChannel(temp);
    channel.refuseReplies(Errno.ENOENT);
    PageFeeder feeder = new PageFeeder(channel);
    feeder.start();
    for (int i = 0; i < 3; i++) {
      Around file = new Around();
      feeder.offer(file, INODE, 8192);
      file.asked.await();
    }
    feeder.close();
    feeder.join();
  }

  @Test
  void offersBeyondTheQueueAndAfterTheEndAreLeftOut() throws LinuxException, InterruptedException {
    PageFeeder feeder = new PageFeeder(new FakeChannel(temp));
    for (int i = 0; i < 1000; i++) {
      feeder.offer(new Around(), INODE, 8192);
    }
    feeder.close();
    Around late = new Around();
    feeder.offer(late, INODE, 8192);
    assertFalse(late.asked.await(20, TimeUnit.MILLISECONDS));
  }
}
