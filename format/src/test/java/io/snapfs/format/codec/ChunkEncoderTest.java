package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkEncoderTest {
  private final Random random = new Random(11);

  @ParameterizedTest
  @ValueSource(strings = {"auto", "raw", "lz4", "zstd", "zstd:1", "zstd:19"})
  void whateverIsEncodedDecodesAndIsNotLonger(String policy) throws Exception {
    try (ChunkEncoder encoder = new ChunkEncoder(CodecPolicy.parse(policy));
        ChunkDecoder decoder = new ChunkDecoder()) {
      for (Data data : Data.values()) {
        for (int length : new int[] {1, 5, 100, 4095, 4096, 4097, 16_385, 100_001, 1 << 17}) {
          byte[] plain = data.bytes(random, length);
          ByteBuffer input = Guarded.of(plain).buffer();
          Encoded encoded = encoder.encode(input);
          ByteBuffer stored = encoded.stored();
          assertTrue(stored.remaining() <= length, data + " " + length);
          assertEquals(length, input.remaining(), "input moved");
          Guarded out = new Guarded(length);
          decoder.decode("pack", encoded.codec().number(), crc(stored), 0, stored, out.buffer());
          assertArrayEquals(plain, out.bytes(), data + " " + length);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RANDOM, RAW, 1.0",
    "BF16, SPLIT_ZSTD, 0.69",
    "ZEROS, ZSTD, 0.01",
    "TEXT, ZSTD, 0.6",
    "POINTERS, ZSTD, 0.5"
  })
  void autoFindsWhatSuitsTheContent(Data data, Codec expected, double atMost) {
    try (ChunkEncoder encoder = new ChunkEncoder(CodecPolicy.AUTO)) {
      int length = 1 << 17;
      Encoded encoded = encoder.encode(Guarded.of(data.bytes(random, length)).buffer());
      assertEquals(expected, encoded.codec());
      double ratio = (double) encoded.stored().remaining() / length;
      assertTrue(ratio <= atMost, "ratio " + ratio);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "lz4", "zstd"})
  void whatDoesNotShrinkIsASliceOfTheInput(String policy) {
    try (ChunkEncoder encoder = new ChunkEncoder(CodecPolicy.parse(policy))) {
      ByteBuffer input = Guarded.of(Data.RANDOM.bytes(random, 50_000)).buffer();
      Encoded encoded = encoder.encode(input);
      assertEquals(Codec.RAW, encoded.codec());
      assertEquals(input, encoded.stored());
      input.put(input.position(), (byte) ~input.get(input.position()));
      assertEquals(input, encoded.stored(), "no copy was made");
    }
  }

  @Test
  void refusesWhatIsNotAChunk() {
    try (ChunkEncoder encoder = new ChunkEncoder(CodecPolicy.AUTO)) {
      for (ByteBuffer bad :
          new ByteBuffer[] {
            ByteBuffer.allocateDirect(0),
            ByteBuffer.allocate(10),
            ByteBuffer.allocateDirect(Limits.MAX_CHUNK + 1)
          }) {
        assertThrows(IllegalArgumentException.class, () -> encoder.encode(bad));
      }
    }
  }

  private static int crc(ByteBuffer stored) {
    return Crc32c.of(stored, stored.position(), stored.remaining());
  }

  @Test
  void shareOfChunksThatAreDearToDecode() {
    Random random = new Random(5);
    int dear = 0;
    int chunks = 400;
    try (ChunkEncoder encoder = new ChunkEncoder(CodecPolicy.forBandwidth(50_000_000_000L, 16))) {
      ByteBuffer plain = ByteBuffer.allocateDirect(16384);
      for (int i = 0; i < chunks; i++) {
        for (int at = 0; at < plain.capacity(); at += 2) {
          plain.put(at, (byte) random.nextInt()).put(at + 1, (byte) (0x38 + random.nextInt(4)));
        }
        Codec first = encoder.encode(plain.clear()).codec();
        assertEquals(first, encoder.encode(plain.clear()).codec());
        dear += first == Codec.SPLIT_ZSTD ? 1 : 0;
      }
    }
    assertTrue(dear > chunks / 3 && dear < chunks * 2 / 3, dear + " of " + chunks);
  }
}
