package io.snapfs.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** Bytes like those that workers have in memory, the same in every run. */
final class SampleData {
  /** System property: a file whose bytes stand for the kind {@code dump}. */
  static final String DUMP = "snapfs.bench.dump";

  private static final long SEED = 11;
  private static final float WEIGHT_DEVIATION = 0.02f;
  private static final int DISTINCT_POINTERS = 4096;
  private static final long HEAP_BASE = 0x7f3a_1c00_0000L;

  private SampleData() {}

  /**
   * Makes a direct buffer of them.
   *
   * @param kind {@code bf16}: normally distributed weights; {@code heap}: pointers, small numbers
   *     and text, as a Python heap has; {@code dump}: the middle of the file that {@link #DUMP}
   *     names
   */
  static ByteBuffer of(String kind, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    switch (kind) {
      case "bf16" -> weights(bytes);
      case "heap" -> heap(bytes);
      case "dump" -> dump(bytes);
      default -> throw new IllegalArgumentException("unknown kind of data '" + kind + "'");
    }
    return bytes.flip();
  }

  private static void weights(ByteBuffer bytes) {
    Random random = new Random(SEED);
    while (bytes.remaining() >= Short.BYTES) {
      float weight = (float) random.nextGaussian() * WEIGHT_DEVIATION;
      bytes.putShort((short) (Float.floatToIntBits(weight) >>> Short.SIZE));
    }
  }

  private static void heap(ByteBuffer bytes) {
    Random random = new Random(SEED);
    byte[] text = "self.attention.weight".getBytes(StandardCharsets.US_ASCII);
    while (bytes.remaining() >= Long.BYTES) {
      switch (random.nextInt(4)) {
        case 0 -> bytes.putLong(random.nextInt(16));
        case 1 -> bytes.put(text, 0, Long.BYTES);
        default -> bytes.putLong(HEAP_BASE + 48L * random.nextInt(DISTINCT_POINTERS));
      }
    }
  }

  private static void dump(ByteBuffer bytes) throws IOException {
    String file = System.getProperty(DUMP);
    if (file == null) {
      throw new IOException("name a file with -jvmArgsAppend -D" + DUMP + "=FILE");
    }
    try (FileChannel channel = FileChannel.open(Path.of(file))) {
      long middle = channel.size() / 2 / 4096 * 4096;
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, middle + bytes.position()) < 0) {
          throw new IOException(file + " is shorter than two chunks");
        }
      }
    }
  }
}
