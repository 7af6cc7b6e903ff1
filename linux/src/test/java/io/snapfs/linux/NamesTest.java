package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class NamesTest extends LinuxTest {
  @Test
  void whatATerminalCouldMisreadIsEscaped() {
    assertEquals("plain name.txt", Names.printable(name("plain name.txt")));
    assertEquals("o\\xff\\xc3\\x0a\\x5c \\x80", Names.printable(ODD_NAME));
    assertEquals("\\x1b[2J\\x7f", Names.printable(name("\33[2J\177")));
    assertEquals("", Names.printable(new byte[0]));
  }

  @Test
  void cGetsANulAtTheEndAndNoneInside() throws LinuxException {
    assertArrayEquals(new byte[] {'a', 0}, Names.terminated(name("a")));
    LinuxException e = assertErrno(Errno.EINVAL, () -> Names.terminated(name("passwd\0.txt")));
    assertEquals(
        "name with a NUL byte inside passwd\\x00.txt: EINVAL (Invalid argument)", e.getMessage());
  }

  @Test
  void aNulInsideNeverReachesAnotherFile() throws LinuxException {
    create("passwd").close();
    byte[] trick = name("passwd\0.txt");
    assertErrno(Errno.EINVAL, () -> Entries.unlink(dir, trick));
    assertErrno(Errno.EINVAL, () -> Open.at(dir, trick, Open.O_RDONLY));
    assertErrno(Errno.EINVAL, () -> Entries.rename(dir, name("passwd"), dir, trick));
    assertErrno(Errno.EINVAL, () -> Entries.symlink(trick, dir, name("l")));
    assertErrno(
        Errno.EINVAL, () -> Xattrs.set(Xattrs.pathIn(dir, trick), name("user.a"), new byte[0], 0));
    assertFalse(Stat.lstatAt(dir, name("passwd")).isDirectory());
  }
}
