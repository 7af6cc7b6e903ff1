package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every codec owes to {@link ChunkCodec}, below the checksum. */
abstract class ChunkCodecConformance {
  private static final int[] LENGTHS = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 4095, 4096, 4097, 65_537};

  private final long seed = Long.getLong("snapfs.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private ChunkCodec codec;

  abstract ChunkCodec newCodec();

  @BeforeEach
  void open() {
    codec = newCodec();
  }

  @AfterEach
  void close() {
    codec.close();
    codec.close();
  }

  static Stream<Arguments> contents() {
    return Arrays.stream(Data.values())
        .flatMap(data -> Arrays.stream(LENGTHS).mapToObj(length -> Arguments.of(data, length)));
  }

  @ParameterizedTest
  @EnumSource(Data.class)
  void longestChunkComesBack(Data data) throws Exception {
    comesBack(data, Limits.MAX_CHUNK);
  }

  @ParameterizedTest
  @MethodSource("contents")
  void comesBack(Data data, int length) throws Exception {
    byte[] plain = data.bytes(random, length);
    byte[] stored = encode(plain);
    Guarded out = new Guarded(length);
    ByteBuffer destination = out.buffer();
    codec.decode(Guarded.of(stored).buffer(), destination);
    assertArrayEquals(plain, out.bytes(), "seed " + seed);
    assertEquals(length, destination.remaining(), "position or limit moved");
    out.assertIntact("seed " + seed);
  }

  @Test
  void encodingDoesNotMoveTheInput() {
    ByteBuffer plain = Guarded.of(Data.TEXT.bytes(random, 5000)).buffer();
    ByteBuffer before = plain.duplicate();
    codec.encode(plain, new Scratch().atLeast(codec.maxStored(5000)));
    assertEquals(before.position(), plain.position());
    assertEquals(before.limit(), plain.limit());
  }

  @ParameterizedTest
  @MethodSource("contents")
  void anotherPlainLengthIsRefused(Data data, int length) {
    byte[] stored = encode(data.bytes(random, length));
    for (int other : new int[] {1, length - 1, length + 1, 2 * length}) {
      if (other != length && other >= 1 && other <= Limits.MAX_CHUNK) {
        assertRefused(stored, other, "decoded as " + other + " instead of " + length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("contents")
  void truncationIsRefused(Data data, int length) {
    byte[] stored = encode(data.bytes(random, length));
    int step = Math.max(1, stored.length / 50);
    for (int kept = 0; kept < stored.length; kept += step) {
      assertRefused(Arrays.copyOf(stored, kept), length, "truncated to " + kept);
    }
    assertRefused(Arrays.copyOf(stored, stored.length - 1), length, "last byte missing");
  }

  @ParameterizedTest
  @MethodSource("contents")
  void trailingBytesAreRefused(Data data, int length) {
    byte[] stored = encode(data.bytes(random, length));
    assertRefused(Arrays.copyOf(stored, stored.length + 1), length, "one zero appended");
    byte[] twice = Arrays.copyOf(stored, 2 * stored.length);
    System.arraycopy(stored, 0, twice, stored.length, stored.length);
    assertRefused(twice, length, "stored twice");
  }

  /** Without its checksum a flipped bit may go unnoticed, but must never do harm. */
  @ParameterizedTest
  @MethodSource("contents")
  void flippedBitsStayInBounds(Data data, int length) {
    byte[] stored = encode(data.bytes(random, length));
    int rounds = length > 10_000 ? 20 : 200;
    for (int i = 0; i < rounds; i++) {
      byte[] damaged = stored.clone();
      int near = i % 2 == 0 ? Math.min(damaged.length, 24) : damaged.length;
      damaged[random.nextInt(near)] ^= (byte) (1 << random.nextInt(8));
      decodeAnything(damaged, length);
    }
  }

  @Test
  void noiseStaysInBounds() {
    for (int i = 0; i < 2000; i++) {
      byte[] noise = new byte[1 + random.nextInt(300)];
      random.nextBytes(noise);
      decodeAnything(noise, 1 + random.nextInt(5000));
    }
  }

  private void decodeAnything(byte[] stored, int plainLength) {
    Guarded out = new Guarded(plainLength);
    try {
      codec.decode(Guarded.of(stored).buffer(), out.buffer());
    } catch (MalformedException expected) {
      assertTrue(expected.getMessage().length() > 10, expected.getMessage());
    }
    out.assertIntact("seed " + seed);
  }

  final void assertRefused(byte[] stored, int plainLength, String what) {
    Guarded out = new Guarded(plainLength);
    assertThrows(
        MalformedException.class,
        () -> codec.decode(Guarded.of(stored).buffer(), out.buffer()),
        what + ", seed " + seed);
    out.assertIntact(what + ", seed " + seed);
  }

  final byte[] encode(byte[] plain) {
    int most = codec.maxStored(plain.length);
    Guarded out = new Guarded(most);
    ByteBuffer target = out.buffer().slice();
    int length = codec.encode(Guarded.of(plain).buffer(), target);
    assertTrue(length <= most, "longer than promised");
    out.assertIntact("encoded, seed " + seed);
    return Arrays.copyOf(out.bytes(), length);
  }
}
