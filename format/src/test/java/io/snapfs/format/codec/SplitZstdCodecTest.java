package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitZstdCodecTest extends ChunkCodecConformance {
  private static final int LENGTH = 1 << 17;

  @Override
  ChunkCodec newCodec() {
    return new SplitZstdCodec();
  }

  @Test
  void weightsKeepTheirMantissasRawAndTheirExponentsShrink() {
    byte[] plain = Data.BF16.bytes(new Random(1), LENGTH);
    byte[] stored = encode(plain);
    assertEquals(LENGTH / 2, evenLength(stored), "plane 0 is stored raw");
    for (int i = 0; i < LENGTH / 2; i++) {
      assertEquals(plain[2 * i], stored[4 + i], "plane 0 holds the even bytes");
    }
    int odd = stored.length - 4 - LENGTH / 2;
    assertTrue(odd < LENGTH / 2 * 0.36, "plane 1 takes " + odd + " bytes");
  }

  @Test
  void lyingPlaneLengthsAreRefused() {
    byte[] stored = encode(Data.BF16.bytes(new Random(2), LENGTH));
    int even = evenLength(stored);
    for (int lie :
        new int[] {
          0,
          1,
          even - 1,
          even + 1,
          stored.length - 4,
          stored.length,
          Integer.MAX_VALUE,
          -1,
          Integer.MIN_VALUE
        }) {
      byte[] lying = stored.clone();
      ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(0, lie);
      assertRefused(lying, LENGTH, "plane 0 claims " + lie);
    }
  }

  @Test
  void planesOfTheOtherSizeAreRefused() {
    byte[] stored = encode(Data.ZEROS.bytes(new Random(3), LENGTH));
    assertRefused(stored, LENGTH + 1, "odd length: plane 0 is one longer");
    assertRefused(Arrays.copyOf(stored, 4 + evenLength(stored)), LENGTH, "no plane 1");
  }

  private static int evenLength(byte[] stored) {
    return ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
  }
}
