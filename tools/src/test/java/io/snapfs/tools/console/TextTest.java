package io.snapfs.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048575, 1.0 MiB",
    "1048576, 1.0 MiB",
    "1525465088, 1.4 GiB",
    "1099511627776, 1.0 TiB",
    "9223372036854775807, 8.0 EiB",
    "-2048, -2.0 KiB"
  })
  void sizesAreInBinaryUnits(long bytes, String shown) {
    assertEquals(shown, Text.size(bytes));
  }

  @Test
  void sharesOfNothingAreADash() {
    assertEquals("-", Text.percent(1, 0));
    assertEquals("51.3 %", Text.percent(513, 1000));
    assertEquals("-", Text.ratio(1, 0));
    assertEquals("1.95x", Text.ratio(195, 100));
  }

  @Test
  void momentsAreInUtc() {
    assertEquals("2026-11-21 21:54:07Z", Text.time(1795298047123L));
    assertEquals("2026-11-21T21:54:07.123Z", Text.isoTime(1795298047123L));
  }

  @Test
  void controlCharactersNeverReachTheTerminal() {
    assertEquals("a?[31mb?c", Text.printable("a\u001b[31mb\u009bc"));
    assertEquals("two\nlines", Text.printable("two\nlines"));
    assertEquals("größe", Text.printable("größe"));
  }
}
