package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttributesTest extends LinuxTest {
  @Test
  void ownersUpToTheLargestNumber() throws IOException {
    assumeRoot();
    create(ODD_NAME).close();
    Entries.symlink(ODD_NAME, dir, name("link"));
    Attributes.chown(dir, ODD_NAME, 1234, 4_000_000);
    Attributes.chown(dir, name("link"), (int) 4294967294L, 7);
    Stat file = Stat.lstatAt(dir, ODD_NAME);
    assertEquals(1234, file.uid());
    assertEquals(4_000_000, file.gid());
    Stat link = Stat.lstatAt(dir, name("link"));
    assertEquals(4294967294L, Integer.toUnsignedLong(link.uid()), "the link itself, unsigned");
    assertEquals(7, link.gid());
    Attributes.chown(dir, ODD_NAME, -1, 5);
    assertEquals(1234, Stat.lstatAt(dir, ODD_NAME).uid());
    assertEquals(5, Stat.lstatAt(dir, ODD_NAME).gid());
  }

  @Test
  void permissionsWithSetIdAndSticky() throws IOException {
    try (Fd fd = create(ODD_NAME)) {
      Attributes.chmod(fd, 06751);
      assertEquals(06751, Stat.fstat(fd).permissions());
      Attributes.chmod(dir, ODD_NAME, 01000);
      assertEquals(01000, Stat.fstat(fd).permissions());
    }
  }

  @Test
  void aLinksPermissionsAreRefusedAndItsTargetIsLeftAlone() throws IOException {
    try (Fd fd = create("f")) {
      Entries.symlink(name("f"), dir, name("link"));
      assertErrno(Errno.EOPNOTSUPP, () -> Attributes.chmod(dir, name("link"), 0777));
      assertEquals(0600, Stat.fstat(fd).permissions());
    }
  }

  @Test
  void timesToTheNanosecondAlsoBefore1970() throws IOException {
    create(ODD_NAME).close();
    Attributes.setTimes(dir, ODD_NAME, 1, 2, -1_000_000_000L, 999_999_999);
    Stat stat = Stat.lstatAt(dir, ODD_NAME);
    assertEquals(-1_000_000_000L, stat.mtimeSec());
    assertEquals(999_999_999, stat.mtimeNsec());
    try (Fd fd = Open.at(dir, ODD_NAME, Open.O_RDONLY)) {
      Attributes.setTimes(fd, 3, 4, 5_000_000_000L, 6);
      assertEquals(5_000_000_000L, Stat.fstat(fd).mtimeSec());
      assertEquals(6, Stat.fstat(fd).mtimeNsec());
    }
  }

  @Test
  void accessTimeIsTheFirstOfTheTwo() throws IOException {
    create("f").close();
    Attributes.setTimes(dir, name("f"), 1_000, 123_000, 2_000, 456_000);
    assertEquals(
        FileTime.from(Instant.ofEpochSecond(1_000, 123_000)),
        Files.getAttribute(path.resolve("f"), "lastAccessTime"));
  }

  @Test
  void aLinkHasTimesOfItsOwn() throws IOException {
    create("f").close();
    Attributes.setTimes(dir, name("f"), 1, 1, 1, 1);
    Files.createSymbolicLink(path.resolve("link"), Path.of("f"));
    Attributes.setTimes(dir, name("link"), 9, 9, 8, 7);
    assertEquals(1, Stat.lstatAt(dir, name("f")).mtimeSec());
    assertEquals(8, Stat.lstatAt(dir, name("link")).mtimeSec());
    assertEquals(7, Stat.lstatAt(dir, name("link")).mtimeNsec());
  }

  @Test
  void omitLeavesATimeAloneAndNowIsNow() throws IOException {
    create("f").close();
    Attributes.setTimes(dir, name("f"), 1_000, 0, 2_000, 0);
    Attributes.setTimes(dir, name("f"), 0, Attributes.UTIME_NOW, 0, Attributes.UTIME_OMIT);
    assertEquals(2_000, Stat.lstatAt(dir, name("f")).mtimeSec());
    FileTime atime =
        (FileTime)
            Files.getAttribute(path.resolve("f"), "lastAccessTime", LinkOption.NOFOLLOW_LINKS);
    assertTrue(atime.toInstant().isAfter(Instant.ofEpochSecond(1_600_000_000L)), atime.toString());
    assertErrno(Errno.EINVAL, () -> Attributes.setTimes(dir, name("f"), 0, 0, 0, 1_000_000_000));
  }
}
