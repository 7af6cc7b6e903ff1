package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.fusefs.LogCapture;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.MemFd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel demands of the opens of one inode. */
final class BackingsTest {
  private static final long INODE = 7;
  private static final long OTHER = 8;

  /** Counts numbers up and remembers which are in use. */
  private static final class Numbers implements Backings.Registry {
    final List<Integer> used = new ArrayList<>();
    private int last;
    private int refusal;

    @Override
    public int register(Fd file) throws LinuxException {
      if (refusal != 0) {
        throw new LinuxException("ioctl", refusal, "fake");
      }
      used.add(++last);
      return last;
    }

    @Override
    public void unregister(int number) {
      used.remove(Integer.valueOf(number));
    }
  }

  private final Numbers numbers = new Numbers();
  private final Backings backings = new Backings(numbers);
  private Fd file;
  private Fd another;

  @BeforeEach
  void open() throws LinuxException {
    file = MemFd.create("file");
    another = MemFd.create("another");
  }

  @AfterEach
  void close() {
    file.close();
    another.close();
  }

  @Test
  void opensThatOverlapHaveOneNumber() {
    assertEquals(1, backings.opened(INODE, file));
    assertEquals(1, backings.opened(INODE, file));
    assertEquals(2, backings.opened(OTHER, file), "of another inode, though it is the same file");
    backings.released(INODE);
    assertEquals(List.of(1, 2), numbers.used);
    backings.released(INODE);
    assertEquals(List.of(2), numbers.used);
    assertEquals(3, backings.opened(INODE, another));
  }

  @Test
  void whoIsOpenInThePageCacheKeepsOthersThere() {
    assertEquals(Backings.CACHED, backings.opened(INODE, null));
    assertEquals(Backings.CACHED, backings.opened(INODE, file));
    backings.released(INODE);
    assertEquals(Backings.CACHED, backings.opened(INODE, file));
    backings.released(INODE);
    backings.released(INODE);
    assertEquals(1, backings.opened(INODE, file));
  }

  @Test
  void whoHasAnotherFileOrNoneIsRefusedBesideOthersThatPassThrough() {
    assertEquals(1, backings.opened(INODE, file));
    assertEquals(Backings.REFUSED, backings.opened(INODE, null));
    assertEquals(Backings.REFUSED, backings.opened(INODE, another));
    assertEquals(1, backings.opened(INODE, file));
    backings.released(INODE);
    assertEquals(List.of(1), numbers.used);
    backings.released(INODE);
    assertEquals(List.of(), numbers.used);
    assertEquals(2, backings.opened(INODE, another));
  }

  @Test
  void aKernelThatRefusesIsNotAskedAgain() {
    assertEquals(1, backings.opened(OTHER, file));
    numbers.refusal = Errno.ELOOP;
    try (LogCapture log = new LogCapture()) {
      assertEquals(Backings.CACHED, backings.opened(INODE, file));
      numbers.refusal = 0;
      assertEquals(Backings.CACHED, backings.opened(INODE + 9, file));
      assertEquals(1, log.lines().size(), log.lines()::toString);
    }
    backings.released(OTHER);
    assertEquals(List.of(), numbers.used);
  }

  @Test
  void withoutAKernelThatCanEverythingIsInThePageCache() {
    Backings none = Backings.none();
    assertEquals(Backings.CACHED, none.opened(INODE, file));
    none.released(INODE);
    none.released(INODE);
    assertEquals(Backings.CACHED, none.opened(INODE, file));
  }
}
