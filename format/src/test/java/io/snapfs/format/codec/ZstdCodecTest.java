package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ZstdCodecTest extends ChunkCodecConformance {
  private static final byte[] PLAIN = new byte[1000];

  @Override
  ChunkCodec newCodec() {
    return new ZstdCodec(3);
  }

  @Test
  void frameDeclaresItsSizeAndHasNoChecksum() {
    byte[] stored = encode(PLAIN);
    assertEquals(PLAIN.length, Zstd.getFrameContentSize(stored));
    assertEquals(0, stored[4] & 0x04, "checksum flag of the frame header");
  }

  @Test
  void frameWithoutSizeIsRefused() {
    try (ZstdCompressCtx context = new ZstdCompressCtx().setContentSize(false)) {
      assertRefused(context.compress(PLAIN), PLAIN.length, "no content size");
    }
  }

  @Test
  void decompressionBombIsRefused() {
    assertRefused(Zstd.compress(new byte[100 << 20]), 4096, "100 MiB of zeros");
  }

  /** The library itself would take these, one after the other, as one text. */
  @Test
  void severalFramesAreRefused() {
    byte[] half = Zstd.compress(new byte[PLAIN.length / 2]);
    assertRefused(concat(half, half), PLAIN.length, "two frames of half the size");
    byte[] skippable = {0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0};
    byte[] whole = Zstd.compress(PLAIN);
    assertRefused(concat(whole, skippable), PLAIN.length, "skippable frame behind");
    assertRefused(concat(skippable, whole), PLAIN.length, "skippable frame before");
    assertRefused(concat(whole, Zstd.compress(new byte[0])), PLAIN.length, "empty frame behind");
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
