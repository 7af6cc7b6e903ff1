package io.snapfs.tools.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1048576, 1048576",
    "512B, 512",
    "64K, 65536",
    "64kb, 65536",
    "512M, 536870912",
    "512MiB, 536870912",
    "2g, 2147483648",
    "1T, 1099511627776"
  })
  void unitsAreBinary(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse(text).bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "M",
        "-1",
        "1.5G",
        "12 M",
        "1X",
        "1Ki2",
        "9223372036854775808",
        "99999999P",
        "0x10"
      })
  void othersAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
  }
}
