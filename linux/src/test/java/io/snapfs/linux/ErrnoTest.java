package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  @Test
  void everyConstantHasItsOwnName() throws IllegalAccessException {
    int checked = 0;
    for (Field field : Errno.class.getFields()) {
      assertTrue(Modifier.isStatic(field.getModifiers()));
      String expected = field.getName().equals("EWOULDBLOCK") ? "EAGAIN" : field.getName();
      assertEquals(expected, Errno.name(field.getInt(null)));
      checked++;
    }
    assertTrue(checked > 30, "only " + checked + " constants found");
  }

  @Test
  void numbersWithoutANameAreShownAsNumbers() {
    for (int errno : new int[] {-1, 0, 41, 134, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertEquals("errno " + errno, Errno.name(errno));
      assertEquals("errno " + errno, Errno.describe(errno));
    }
    assertEquals("EHWPOISON (Memory page has hardware error)", Errno.describe(133));
  }

  @Test
  void theExceptionSaysAllItKnows() {
    LinuxException e = new LinuxException("statx", Errno.ESTALE, "/a");
    assertEquals("statx /a: ESTALE (Stale file handle)", e.getMessage());
    assertEquals("statx", e.call());
    assertEquals("/a", e.subject());
    assertEquals("ESTALE", e.errnoName());
    assertTrue(e.isErrno(Errno.ESTALE));
    assertFalse(e.isErrno(Errno.EIO));
    assertEquals(
        "uname: EFAULT (Bad address)", new LinuxException("uname", Errno.EFAULT, "").getMessage());
  }
}
