package io.snapfs.format.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Contents of the kinds that process memory is made of. */
enum Data {
  RANDOM {
    @Override
    void fill(Random random, byte[] bytes) {
      random.nextBytes(bytes);
    }
  },
  ZEROS {
    @Override
    void fill(Random random, byte[] bytes) {
      // arrays are zero already
    }
  },
  TEXT {
    @Override
    void fill(Random random, byte[] bytes) {
      byte[][] words = new byte[500][];
      for (int i = 0; i < words.length; i++) {
        words[i] =
            (Long.toString(random.nextLong() >>> 40, 36) + " ").getBytes(StandardCharsets.US_ASCII);
      }
      for (int at = 0; at < bytes.length; ) {
        byte[] word = words[random.nextInt(words.length)];
        int length = Math.min(word.length, bytes.length - at);
        System.arraycopy(word, 0, bytes, at, length);
        at += length;
      }
    }
  },
  /** Normally distributed numbers cut to bf16, as weights are. */
  BF16 {
    @Override
    void fill(Random random, byte[] bytes) {
      for (int at = 0; at < bytes.length; at += 2) {
        int bits = Float.floatToRawIntBits((float) (random.nextGaussian() * 0.02)) >>> 16;
        bytes[at] = (byte) bits;
        if (at + 1 < bytes.length) {
          bytes[at + 1] = (byte) (bits >>> 8);
        }
      }
    }
  },
  /** 64-bit addresses that lie near each other, as in a heap. */
  POINTERS {
    @Override
    void fill(Random random, byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at + 8 <= bytes.length; at += 8) {
        buffer.putLong(at, 0x00007f3200000000L + random.nextInt(1 << 20) * 16L);
      }
    }
  };

  abstract void fill(Random random, byte[] bytes);

  byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    fill(random, bytes);
    return bytes;
  }
}
