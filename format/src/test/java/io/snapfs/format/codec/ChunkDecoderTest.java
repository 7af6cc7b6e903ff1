package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkDecoderTest {
  private static final int LENGTH = 3000;

  private final Random random = new Random(5);
  private final ChunkDecoder decoder = new ChunkDecoder();

  @AfterEach
  void close() {
    decoder.close();
    decoder.close();
  }

  /** The checksum finds every single damaged byte, before anything was decoded. */
  @Test
  void everyFlippedByteIsFoundBeforeAnythingIsWritten() {
    for (CodecPolicy policy :
        new CodecPolicy[] {CodecPolicy.RAW, CodecPolicy.LZ4, CodecPolicy.AUTO}) {
      try (ChunkEncoder encoder = new ChunkEncoder(policy)) {
        Encoded encoded = encoder.encode(Guarded.of(Data.TEXT.bytes(random, LENGTH)).buffer());
        byte[] stored = new byte[encoded.stored().remaining()];
        encoded.stored().get(0, stored);
        int crc = Crc32c.of(stored);
        for (int i = 0; i < stored.length; i++) {
          stored[i] ^= (byte) (1 + random.nextInt(255));
          Guarded out = new Guarded(LENGTH);
          ByteBuffer damaged = Guarded.of(stored).buffer();
          CorruptException e =
              assertThrows(
                  CorruptException.class,
                  () ->
                      decoder.decode(
                          "some.pack", encoded.codec().number(), crc, 128, damaged, out.buffer()));
          assertTrue(out.isUntouched());
          assertEquals(128, e.offset());
          assertEquals("some.pack", e.resource());
          encoded.stored().get(0, stored);
        }
      }
    }
  }

  @Test
  void messagesNameThePackTheOffsetAndBothValues() {
    byte[] stored = new byte[100];
    CorruptException checksum =
        assertThrows(CorruptException.class, () -> decode(0, 0x1234, stored, 100));
    assertEquals(
        String.format(
            "some.pack at offset 4711 is damaged: stored chunk of 100 bytes has checksum %08x"
                + " instead of 00001234",
            Crc32c.of(stored)),
        checksum.getMessage());
    CorruptException length =
        assertThrows(CorruptException.class, () -> decode(0, Crc32c.of(stored), stored, 101));
    assertTrue(length.getMessage().contains("raw chunk of 101 bytes, but 100 stored"));
  }

  @Test
  void storedBytesAreNeverLongerThanPlainOnes() {
    for (Codec codec : Codec.values()) {
      byte[] stored = new byte[100];
      CorruptException e =
          assertThrows(
              CorruptException.class, () -> decode(codec.number(), Crc32c.of(stored), stored, 99));
      assertTrue(e.getMessage().contains("longer than its plain length 99"), e.getMessage());
    }
  }

  @Test
  void noStoredBytesAreRefused() {
    for (Codec codec : Codec.values()) {
      assertThrows(CorruptException.class, () -> decode(codec.number(), 0, new byte[0], 10));
    }
  }

  @Test
  void unknownCodecIsTooNew() {
    byte[] stored = new byte[10];
    for (int codec : new int[] {4, 255, -1}) {
      TooNewException e =
          assertThrows(TooNewException.class, () -> decode(codec, Crc32c.of(stored), stored, 10));
      assertTrue(e.getMessage().contains("codec " + codec), e.getMessage());
    }
  }

  private void decode(int codec, int crc, byte[] stored, int plainLength) throws Exception {
    Guarded out = new Guarded(plainLength);
    try {
      decoder.decode("some.pack", codec, crc, 4711, Guarded.of(stored).buffer(), out.buffer());
    } finally {
      out.assertIntact("codec " + codec);
    }
  }
}
