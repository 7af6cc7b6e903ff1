package io.snapfs.format.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.format.ChunkId;
import io.snapfs.format.blob.MemoryBlob;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.codec.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A pack that version 1 wrote on 2026-11-21 (the {@link SamplePack} of that day) is readable
 * forever. Its encoded bytes need not be reproducible: encoders may get better.
 */
class GoldenPackTest {
  private static final String SHA256 =
      "5694140a78efb9688a75bb620630a1391b4d79e01536009537a5fd81201c6ee0";

  private final SamplePack today = new SamplePack();

  @Test
  void version1IsReadable() throws Exception {
    byte[] golden = read("pack-v1.pack");
    assertEquals(SHA256, HexFormat.of().formatHex(SamplePack.sha256(golden)), "don't touch it");
    PackIndex index = PackIndex.open(MemoryBlob.reader("golden", golden), SamplePack.ID);
    assertEquals(today.plain.size(), index.count());
    Set<Codec> codecs = EnumSet.noneOf(Codec.class);
    try (PackFile pack =
            PackFile.open(MemoryBlob.reader("golden", golden), SamplePack.ID, golden.length);
        ChunkDecoder decoder = new ChunkDecoder()) {
      for (Map.Entry<ChunkId, byte[]> chunk : today.plain.entrySet()) {
        int i = index.find(chunk.getKey());
        codecs.add(Codec.of(index.location(i).codec()));
        assertArrayEquals(chunk.getValue(), PackTest.decode(pack, decoder, index.location(i)));
      }
    }
    assertEquals(EnumSet.allOf(Codec.class), codecs);
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = GoldenPackTest.class.getResourceAsStream("/golden/" + name)) {
      return in.readAllBytes();
    }
  }
}
