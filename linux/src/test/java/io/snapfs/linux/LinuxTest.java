package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A fresh directory on a real filesystem for each test, and the words that the tests share. */
abstract class LinuxTest {
  /**
   * A name that no decoder would give back unchanged: bad UTF-8, a newline, a backslash and a
   * blank.
   */
  static final byte[] ODD_NAME = {'o', (byte) 0xff, (byte) 0xc3, '\n', '\\', ' ', (byte) 0x80};

  @TempDir Path path;
  Fd dir;

  @BeforeEach
  final void openDirectory() throws LinuxException {
    dir = Open.directory(Fd.CWD, Names.of(path.toString()));
  }

  @AfterEach
  final void closeDirectory() {
    dir.close();
  }

  static byte[] name(String text) {
    return Names.of(text);
  }

  Fd create(byte[] name) throws LinuxException {
    return Open.at(dir, name, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, 0600);
  }

  Fd create(String name) throws LinuxException {
    return create(name(name));
  }

  Fd directory(String name) throws LinuxException {
    Entries.mkdir(dir, name(name), 0700);
    return Open.directory(dir, name(name));
  }

  static LinuxException assertErrno(int errno, Executable call) {
    LinuxException e = assertThrows(LinuxException.class, call);
    assertTrue(e.isErrno(errno), () -> "expected " + Errno.name(errno) + ", got " + e.getMessage());
    return e;
  }

  static void assumeRoot() {
    assumeTrue(Processes.effectiveUid() == 0, "needs root");
  }
}
