package io.snapfs.format.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkingTest {
  @ParameterizedTest
  @CsvSource({
    "cdc:128K, 1, 32768, 131072, 524288, cdc:128K",
    "cdc:4k, 1, 4096, 4096, 16384, cdc:4K",
    "cdc:12K, 1, 4096, 12288, 49152, cdc:12K",
    "cdc:2M, 1, 524288, 2097152, 4194304, cdc:2M",
    "cdc:4M, 1, 1048576, 4194304, 4194304, cdc:4M",
    "fixed:256K, 2, 262144, 262144, 262144, fixed:256K",
    "fixed:65536, 2, 65536, 65536, 65536, fixed:64K"
  })
  void parses(String text, int kind, int min, int mean, int max, String printed) {
    Chunking chunking = Chunking.parse(text);
    assertEquals(kind, chunking.kind().number());
    assertEquals(min, chunking.min());
    assertEquals(mean, chunking.mean());
    assertEquals(max, chunking.max());
    assertEquals(printed, chunking.toString());
    assertEquals(chunking, Chunking.parse(printed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cdc",
        "cdc:",
        "cdc:K",
        "cdc:128G",
        "CDC:128K",
        "fixed:-4K",
        "fixed:4.5K",
        "128K",
        "cdc:99999999999999999999"
      })
  void explainsTheSyntax(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> Chunking.parse(text));
    assertTrue(e.getMessage().contains("cdc:SIZE or fixed:SIZE"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cdc:0", "fixed:1K", "cdc:5K", "cdc:4097", "fixed:5M", "cdc:999999999M"})
  void explainsTheSize(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> Chunking.parse(text));
    assertTrue(e.getMessage().contains("multiple of 4K, from 4K to 4M"), e.getMessage());
  }

  @Test
  void refusesLengthsThatMakeNoSense() {
    int page = Limits.PAGE;
    assertThrows(
        IllegalArgumentException.class, () -> new Chunking(Chunking.Kind.CDC, 0, page, page));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Chunking(Chunking.Kind.CDC, 2 * page, page, 4 * page));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Chunking(Chunking.Kind.CDC, page, page, 2 * Limits.MAX_CHUNK));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Chunking(Chunking.Kind.FIXED, page, page, 2 * page));
  }

  @Test
  void thresholdsAreThoseOfTheFormat() {
    assertEquals(1L << 32, Chunking.parse("cdc:4K").threshold());
    assertEquals((1L << 32) / 25, Chunking.DEFAULT.threshold());
  }
}
