package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EntriesTest extends LinuxTest {
  @Test
  void aLinksTargetIsBytesUpToThePathLimit() throws IOException {
    byte[] target = new byte[4095];
    Arrays.fill(target, (byte) 0xf1);
    Entries.symlink(target, dir, ODD_NAME);
    assertArrayEquals(target, Entries.readLink(dir, ODD_NAME));
    Entries.symlink(name("../x"), dir, name("l"));
    assertEquals(Path.of("../x"), Files.readSymbolicLink(path.resolve("l")));
    create("f").close();
    assertErrno(Errno.EINVAL, () -> Entries.readLink(dir, name("f")));
    assertErrno(Errno.EEXIST, () -> Entries.symlink(name("x"), dir, name("f")));
  }

  @Test
  void directoriesComeAndGo() throws IOException {
    Entries.mkdir(dir, ODD_NAME, 0500);
    Stat stat = Stat.lstatAt(dir, ODD_NAME);
    assertTrue(stat.isDirectory());
    assertEquals(0500, stat.permissions());
    assertErrno(Errno.EEXIST, () -> Entries.mkdir(dir, ODD_NAME, 0700));
    assertErrno(Errno.EISDIR, () -> Entries.unlink(dir, ODD_NAME));
    Entries.rmdir(dir, ODD_NAME);
    assertErrno(Errno.ENOENT, () -> Stat.lstatAt(dir, ODD_NAME));
    try (Fd full = directory("full")) {
      Entries.mknod(full, name("f"), Mode.S_IFREG | 0600, 0, 0);
      assertErrno(Errno.ENOTEMPTY, () -> Entries.rmdir(dir, name("full")));
      assertErrno(Errno.ENOTDIR, () -> Entries.rmdir(full, name("f")));
      Entries.unlink(full, name("f"));
      assertTrue(Directory.list(full).isEmpty());
    }
  }

  @Test
  void deviceNodesKeepTheirNumbersUpToTheLargest() throws IOException {
    assumeRoot();
    int[][] devices = {{1, 3}, {7, 255}, {259, 256}, {4095, (1 << 20) - 1}};
    for (int[] device : devices) {
      byte[] name = name("dev-" + device[0] + "-" + device[1]);
      for (int type : new int[] {Mode.S_IFCHR, Mode.S_IFBLK}) {
        Entries.mknod(dir, name, type | 0640, device[0], device[1]);
        Stat stat = Stat.lstatAt(dir, name);
        assertEquals(type, Mode.type(stat.mode()));
        assertEquals(0640, stat.permissions());
        assertEquals(device[0], stat.rdevMajor());
        assertEquals(device[1], stat.rdevMinor());
        Entries.unlink(dir, name);
      }
    }
  }

  @Test
  void fifosAndSocketsAreWhatTheySay() throws IOException {
    for (int type : new int[] {Mode.S_IFIFO, Mode.S_IFSOCK, Mode.S_IFREG}) {
      Entries.mknod(dir, ODD_NAME, type | 0600, 0, 0);
      assertEquals(type, Mode.type(Stat.lstatAt(dir, ODD_NAME).mode()));
      Entries.unlink(dir, ODD_NAME);
    }
  }

  @Test
  void hardLinksAreOneFile() throws IOException {
    create("f").close();
    try (Fd other = directory("other")) {
      Entries.link(dir, name("f"), other, ODD_NAME);
      assertTrue(Stat.lstatAt(dir, name("f")).isSameFile(Stat.lstatAt(other, ODD_NAME)));
      assertEquals(2, Stat.lstatAt(dir, name("f")).nlink());
      LinuxException e =
          assertErrno(Errno.EEXIST, () -> Entries.link(dir, name("f"), other, ODD_NAME));
      assertTrue(e.subject().startsWith(path + "/f -> " + path + "/other/"), e.subject());
      Entries.unlink(other, ODD_NAME);
      assertEquals(1, Stat.lstatAt(dir, name("f")).nlink());
    }
  }

  @Test
  void aHardLinkToASymbolicLinkIsThatLink() throws IOException {
    Entries.symlink(name("nowhere"), dir, name("l"));
    Entries.link(dir, name("l"), dir, name("m"));
    assertArrayEquals(name("nowhere"), Entries.readLink(dir, name("m")));
    assertEquals(2, Stat.lstatAt(dir, name("l")).nlink());
  }

  @Test
  void renameReplaces() throws IOException {
    Files.writeString(path.resolve("new"), "new");
    Files.writeString(path.resolve("old"), "old");
    try (Fd other = directory("other")) {
      Entries.rename(dir, name("new"), dir, name("old"));
      assertEquals("new", Files.readString(path.resolve("old")));
      assertErrno(Errno.ENOENT, () -> Stat.lstatAt(dir, name("new")));
      Entries.rename(dir, name("old"), other, ODD_NAME);
      assertEquals(3, Stat.lstatAt(other, ODD_NAME).size());
    }
  }

  @Test
  void renameWithoutReplacingLeavesBothAlone() throws IOException {
    Files.writeString(path.resolve("new"), "new");
    Files.writeString(path.resolve("old"), "old");
    LinuxException e =
        assertErrno(
            Errno.EEXIST,
            () -> Entries.rename(dir, name("new"), dir, name("old"), Entries.RENAME_NOREPLACE));
    assertEquals(
        "renameat2 " + path + "/new -> " + path + "/old: EEXIST (File exists)", e.getMessage());
    assertEquals("new", Files.readString(path.resolve("new")));
    assertEquals("old", Files.readString(path.resolve("old")));
    Entries.rename(dir, name("new"), dir, name("third"), Entries.RENAME_NOREPLACE);
    assertEquals("new", Files.readString(path.resolve("third")));
  }

  @Test
  void exchangeSwaps() throws IOException {
    Files.writeString(path.resolve("a"), "one");
    Files.writeString(path.resolve("b"), "two");
    Entries.rename(dir, name("a"), dir, name("b"), Entries.RENAME_EXCHANGE);
    assertEquals("two", Files.readString(path.resolve("a")));
    assertEquals("one", Files.readString(path.resolve("b")));
  }
}
