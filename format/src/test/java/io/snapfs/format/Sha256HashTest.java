package io.snapfs.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Sha256HashTest {
  private static final ChunkId OF_ABC =
      ChunkId.wrap(
          HexFormat.of()
              .parseHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));

  @Test
  void machineAndJavaGiveTheSameIds() {
    byte[] abc = {'a', 'b', 'c'};
    ByteBuffer direct = ByteBuffer.allocateDirect(8).put(2, abc).position(2).limit(5);
    for (Sha256Hash hash : new Sha256Hash[] {new Sha256Hash(), new Sha256Hash(Optional.empty())}) {
      for (int i = 0; i < 2; i++) {
        assertEquals(OF_ABC, hash.idOf(direct));
        assertEquals(OF_ABC, hash.idOf(ByteBuffer.wrap(abc)));
        assertEquals(2, direct.position());
      }
    }
  }
}
