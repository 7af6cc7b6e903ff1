package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FdTest extends LinuxTest {
  @Test
  void closingItOnceClosesTheDescriptor() throws IOException {
    Fd fd = create("f");
    Path proc = Path.of("/proc/self/fd/" + fd.intValue());
    assertEquals(path.resolve("f"), Files.readSymbolicLink(proc));
    assertEquals(path + "/f (fd " + fd.intValue() + ")", fd.toString());
    fd.close();
    assertFalse(
        Files.exists(proc, LinkOption.NOFOLLOW_LINKS)
            && Files.readSymbolicLink(proc).equals(path.resolve("f")));
    assertFalse(fd.isOpen());
    assertEquals(path + "/f (closed fd)", fd.toString());
    IllegalStateException e = assertThrows(IllegalStateException.class, fd::intValue);
    assertTrue(e.getMessage().contains(path + "/f"), e.getMessage());
  }

  @Test
  void closesThatRaceNeverHitTheNextFileWithThatNumber() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 200; round++) {
        Fd victim = Open.at(Fd.CWD, name("/dev/null"), Open.O_RDONLY);
        List<Callable<Fd>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          tasks.add(
              () -> {
                victim.close();
                return Open.at(Fd.CWD, name("/dev/zero"), Open.O_RDONLY);
              });
        }
        for (Future<Fd> future : threads.invokeAll(tasks)) {
          try (Fd next = future.get()) {
            assertEquals(5, Stat.fstat(next).rdevMinor(), "/dev/zero is still open");
          }
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theCurrentDirectoryIsNeverClosed() throws IOException {
    Fd.CWD.close();
    assertTrue(Fd.CWD.isOpen());
    Stat here = Stat.lstatAt(Fd.CWD, name("."));
    assertEquals(Files.getAttribute(Path.of(""), "unix:ino"), here.ino());
    LinuxException e = assertErrno(Errno.ENOENT, () -> Stat.lstatAt(Fd.CWD, name("no-such-file")));
    assertEquals("no-such-file", e.subject());
  }

  @Test
  void anAdoptedDescriptorIsOwned() throws IOException {
    int number;
    try (Fd first = create("f")) {
      number = first.intValue();
      try (Fd adopted = Fd.adopt(number, "from elsewhere")) {
        assertEquals(number, adopted.intValue());
        assertEquals("from elsewhere", adopted.path());
      }
      LinuxException e = assertErrno(Errno.EBADF, () -> Stat.fstat(first));
      assertTrue(e.getMessage().contains(path + "/f (fd " + number + ")"), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> Fd.adopt(-1, "nothing"));
  }
}
