package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  private final NativeLibrary c = NativeLibrary.open("libc.so.6");

  @Test
  void aLibraryThatIsNotThereIsNamed() {
    UnsatisfiedLinkError e =
        assertThrows(UnsatisfiedLinkError.class, () -> NativeLibrary.open("libnone-such.so.9"));
    assertTrue(e.getMessage().contains("libnone-such.so.9"), e.getMessage());
  }

  @Test
  void aLibraryIsLoadedOnce() {
    assertSame(c, NativeLibrary.open("libc.so.6"));
  }

  @Test
  void aFunctionThatIsNotThereIsNamed() {
    UnsatisfiedLinkError e =
        assertThrows(UnsatisfiedLinkError.class, () -> c.function("none_such"));
    assertEquals("libc.so.6 has no none_such", e.getMessage());
  }

  @Test
  void everyNumberOfArgumentsArrivesInOrder() {
    ByteBuffer text = ByteBuffer.allocateDirect(128);
    ByteBuffer format = ByteBuffer.allocateDirect(32);
    long to = Addresses.of(text);
    long from = Addresses.of(format);
    NativeFunction snprintf = c.function("snprintf");
    format.put(0, "%ld %ld %ld\0".getBytes(StandardCharsets.US_ASCII));
    assertEquals(24, snprintf.call(to, 128, from, 1, -2, Long.MAX_VALUE));
    assertEquals("1 -2 9223372036854775807", string(text));
    format.put(0, "%ld %ld\0".getBytes(StandardCharsets.US_ASCII));
    snprintf.call(to, 128, from, 3, 4);
    assertEquals("3 4", string(text));
    format.put(0, "%ld\0".getBytes(StandardCharsets.US_ASCII));
    snprintf.call(to, 128, from, 5);
    assertEquals("5", string(text));
    assertEquals(to, c.function("memset").call(to, 'x', 1));
    assertEquals(1, c.function("strnlen").call(to, 128));
    assertEquals(7, c.function("labs").call(-7));
    assertEquals(ProcessHandle.current().pid(), c.function("getpid").call());
  }

  @Test
  void narrowResultsAreThoseOfTheirWidth() {
    assertEquals(5, (int) c.function("abs").call(-5));
    assertEquals(-1, (int) c.function("close").call(-1));
    assertEquals(Errno.EBADF, LinuxException.lastErrno());
  }

  @Test
  void stringsOfOneCallLieBesideEachOther() {
    byte[] longOne = new byte[5000];
    byte[] shortOne = {'a', 0};
    Arrays.fill(longOne, 0, 4999, (byte) 'b');
    CStrings strings = CStrings.with(shortOne, null, longOne);
    long first = strings.add(shortOne);
    assertEquals(0, strings.add(null));
    long second = strings.add(longOne);
    NativeFunction strlen = c.function("strlen");
    assertEquals(1, strlen.call(first));
    assertEquals(4999, strlen.call(second));
  }

  private static String string(ByteBuffer text) {
    ByteBuffer bytes = text.duplicate().order(ByteOrder.nativeOrder());
    int length = 0;
    while (bytes.get(length) != 0) {
      length++;
    }
    byte[] copy = new byte[length];
    bytes.get(0, copy);
    return new String(copy, StandardCharsets.US_ASCII);
  }
}
