package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTest {
  private static String proc(String name) throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/" + name)).strip();
  }

  @Test
  void unameIsWhatProcSays() throws IOException {
    Uname uname = Uname.current();
    assertEquals("Linux", uname.sysname());
    assertEquals(proc("osrelease"), uname.release());
    assertEquals(proc("version"), uname.version());
    assertEquals(Arch.current() == Arch.X86_64 ? "x86_64" : "aarch64", uname.machine());
    assertTrue(uname.release().startsWith(Kernel.current().toString()), uname.release());
  }

  @ParameterizedTest
  @CsvSource({
    "6.1.0-18-amd64,6,1",
    "5.15.0-1053-aws,5,15",
    "6.18.44-fc-v595,6,18",
    "6.9-rc1,6,9",
    "4.18.0-553.el8_10.x86_64,4,18",
    "6.10,6,10"
  })
  void releasesOfTheWildAreUnderstood(String release, int major, int minor) {
    assertEquals(new Kernel(major, minor), Kernel.parse(release));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "6", "6.", "x.1", "6.x", "99999999999.1", " 6.1"})
  void whatIsNoReleaseIsRefused(String release) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Kernel.parse(release));
    assertTrue(e.getMessage().contains("\"" + release + "\""), e.getMessage());
  }

  @Test
  void versionsCompareByNumbersNotText() {
    Kernel kernel = new Kernel(6, 9);
    assertTrue(kernel.isAtLeast(6, 9));
    assertTrue(kernel.isAtLeast(6, 8));
    assertTrue(kernel.isAtLeast(5, 15));
    assertFalse(kernel.isAtLeast(6, 10));
    assertFalse(kernel.isAtLeast(7, 0));
    assertTrue(new Kernel(6, 10).isAtLeast(6, 9));
  }

  @Test
  void architecturesAreFoundByJavasNames() {
    assertEquals(Arch.X86_64, Arch.of("amd64"));
    assertEquals(Arch.AARCH64, Arch.of("aarch64"));
    assertEquals(Arch.OTHER, Arch.of("riscv64"));
    assertEquals(Arch.OTHER, Arch.of(""));
    assertEquals(Arch.of(System.getProperty("os.arch")), Arch.current());
  }
}
