package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatTest extends LinuxTest {
  @Test
  void agreesWithWhatJavaSays() throws IOException {
    Path file = path.resolve("f");
    Files.write(file, new byte[12_345]);
    Files.setLastModifiedTime(
        file, FileTime.from(Instant.ofEpochSecond(1_234_567_890L, 123_456_789)));
    Files.createLink(path.resolve("g"), file);
    Stat stat = Stat.lstatAt(dir, name("f"));
    assertTrue(stat.isRegular());
    assertEquals(Files.getAttribute(file, "unix:mode"), stat.mode());
    assertEquals(Files.getAttribute(file, "unix:ino"), stat.ino());
    assertEquals(Files.getAttribute(file, "unix:uid"), stat.uid());
    assertEquals(Files.getAttribute(file, "unix:gid"), stat.gid());
    assertEquals(2, stat.nlink());
    assertEquals(12_345, stat.size());
    assertTrue(stat.blocks() * 512 >= 12_345, () -> stat.blocks() + " blocks");
    assertEquals(1_234_567_890L, stat.mtimeSec());
    assertEquals(123_456_789, stat.mtimeNsec());
    assertEquals(
        ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant(),
        Instant.ofEpochSecond(stat.ctimeSec(), stat.ctimeNsec()));
    long device = (Long) Files.getAttribute(file, "unix:dev");
    assertEquals((device >> 8 & 0xfff) | (device >> 32 & ~0xfffL), stat.devMajor());
    assertEquals((device & 0xff) | (device >> 12 & ~0xffL), stat.devMinor());
  }

  @Test
  void anOpenFileAndItsNameAreTheSame() throws IOException {
    try (Fd fd = create(ODD_NAME);
        Fd other = create("other");
        Fd onlyPath = Open.at(dir, ODD_NAME, Open.O_PATH)) {
      Stat stat = Stat.fstat(fd);
      assertEquals(stat, Stat.lstatAt(dir, ODD_NAME));
      assertEquals(stat, Stat.fstat(onlyPath));
      assertTrue(stat.isSameFile(Stat.lstatAt(dir, ODD_NAME)));
      assertFalse(stat.isSameFile(Stat.fstat(other)));
    }
  }

  @Test
  void aLinkIsFollowedOnlyWhenAsked() throws IOException {
    Files.createSymbolicLink(path.resolve("l"), Path.of("nowhere"));
    Stat stat = Stat.lstatAt(dir, name("l"));
    assertTrue(stat.isSymlink());
    assertEquals("nowhere".length(), stat.size());
    assertEquals(
        Files.getAttribute(path.resolve("l"), "unix:ino", LinkOption.NOFOLLOW_LINKS), stat.ino());
    assertErrno(Errno.ENOENT, () -> Stat.statAt(dir, name("l")));
    Files.createDirectory(path.resolve("nowhere"));
    assertTrue(Stat.statAt(dir, name("l")).isDirectory());
  }

  @Test
  void mountsAreToldApart() throws IOException {
    long here = Stat.fstat(dir).mntId();
    long proc = Stat.lstatAt(Fd.CWD, name("/proc/self")).mntId();
    if (Kernel.current().isAtLeast(5, 8)) {
      assertNotEquals(here, proc);
      assertTrue(here >= 0 && proc >= 0, () -> here + " " + proc);
    } else {
      assertEquals(Stat.NO_MNT_ID, here);
    }
  }

  @Test
  void errorsNameTheWholePath() {
    LinuxException e = assertErrno(Errno.ENOENT, () -> Stat.lstatAt(dir, ODD_NAME));
    assertEquals(
        "statx " + path + "/o\\xff\\xc3\\x0a\\x5c \\x80: ENOENT (No such file or directory)",
        e.getMessage());
    assertEquals("statx", e.call());
    assertEquals("ENOENT", e.errnoName());
    assertEquals(2, e.errno());
  }
}
