package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecPolicyTest {
  @Test
  void parsesWhatItPrints() {
    for (String text : new String[] {"auto", "raw", "lz4", "zstd:1", "zstd:22"}) {
      assertEquals(text, CodecPolicy.parse(text).toString());
    }
    assertEquals(CodecPolicy.zstd(CodecPolicy.DEFAULT_LEVEL), CodecPolicy.parse("zstd"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ZSTD", "gzip", "zstd:", "zstd:-1", "zstd:99999999999", "lz4:1"})
  void explainsWhatItTakes(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> CodecPolicy.parse(text));
    assertTrue(e.getMessage().contains("zstd:LEVEL"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"zstd:0", "zstd:23"})
  void explainsLevels(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> CodecPolicy.parse(text));
    assertTrue(e.getMessage().contains("1 to 22"), e.getMessage());
  }

  @Test
  void bandwidthDecidesHowMuchMayBeDearToDecode() {
    assertEquals(CodecPolicy.AUTO, CodecPolicy.forBandwidth(1_000_000_000, 2));
    assertEquals(CodecPolicy.RAW, CodecPolicy.forBandwidth(50_000_000_000L, 2));
    CodecPolicy between = CodecPolicy.forBandwidth(50_000_000_000L, 16);
    assertEquals(CodecPolicy.Mode.AUTO, between.mode());
    assertTrue(between.dearShare() > 0.4 && between.dearShare() < 0.6, between.toString());
    assertThrows(IllegalArgumentException.class, () -> CodecPolicy.forBandwidth(0, 1));
    assertThrows(IllegalArgumentException.class, () -> CodecPolicy.forBandwidth(1, 0));
  }

  @Test
  void codecNumbersAreThoseOfTheFormat() {
    assertEquals(0, Codec.RAW.number());
    assertEquals(1, Codec.LZ4.number());
    assertEquals(2, Codec.ZSTD.number());
    assertEquals(3, Codec.SPLIT_ZSTD.number());
    for (Codec codec : Codec.values()) {
      assertEquals(codec, Codec.of(codec.number()));
    }
    assertNull(Codec.of(4));
    assertNull(Codec.of(-1));
    assertEquals("split-zstd", Codec.SPLIT_ZSTD.label());
  }

  @Test
  void whatHasRepetitionsGivesWayFirst() {
    CodecPolicy some = new CodecPolicy(CodecPolicy.Mode.AUTO, 1, 0.9);
    assertEquals(0.9, some.share(Codec.SPLIT_ZSTD));
    assertEquals(0.6, some.share(Codec.ZSTD), 1e-9);
    assertEquals(0, new CodecPolicy(CodecPolicy.Mode.AUTO, 1, 0.5).share(Codec.ZSTD));
    assertEquals(1, CodecPolicy.AUTO.share(Codec.ZSTD));
    assertEquals(1, CodecPolicy.AUTO.share(Codec.SPLIT_ZSTD));
    assertEquals(1, some.share(Codec.RAW));
  }
}
