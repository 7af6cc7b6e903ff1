package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Sha256Test {
  @Test
  void theDigestIsThatOfJava() throws Exception {
    Optional<Sha256> sha256 = Sha256.create();
    assumeTrue(sha256.isPresent(), "no libcrypto here");
    MessageDigest java = MessageDigest.getInstance("SHA-256");
    Random random = new Random(7);
    for (int length : new int[] {0, 1, 55, 56, 63, 64, 65, 4096, 131_072, 524_287}) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      ByteBuffer buffer = ByteBuffer.allocateDirect(length + 5).position(3);
      buffer.put(bytes).limit(3 + length).position(3);
      byte[] expected = java.digest(bytes);
      sha256.get().update(buffer);
      assertArrayEquals(expected, sha256.get().digest(), "of " + length + " bytes");
      assertEquals(3, buffer.position());
      sha256.get().update(ByteBuffer.wrap(bytes, 0, length / 3));
      sha256.get().update(ByteBuffer.wrap(bytes, length / 3, length - length / 3));
      assertArrayEquals(expected, sha256.get().digest(), "of " + length + " bytes, from the heap");
    }
  }
}
