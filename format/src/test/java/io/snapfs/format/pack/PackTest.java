package io.snapfs.format.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.MemoryBlob;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.codec.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written comes back, through the index and through known locations. */
class PackTest {
  private final SamplePack sample = new SamplePack();

  @Test
  void everyChunkComesBackThroughTheIndex() throws Exception {
    PackIndex index = index(sample.bytes);
    assertEquals(sample.plain.size(), index.count());
    assertEquals(SamplePack.ID, index.packId());
    assertEquals(sample.index() - 128, index.dataLength());
    try (PackFile pack = file(sample.bytes);
        ChunkDecoder decoder = new ChunkDecoder()) {
      assertEquals(SamplePack.ID, pack.id());
      assertEquals(sample.bytes.length, pack.length());
      assertEquals(SamplePack.NAME, pack.describe());
      for (Map.Entry<ChunkId, byte[]> chunk : sample.plain.entrySet()) {
        int i = index.find(chunk.getKey());
        assertEquals(sample.locations.get(chunk.getKey()), index.location(i));
        assertEquals(chunk.getKey(), index.id(i));
        assertEquals(chunk.getKey().fingerprint(), index.fingerprint(i));
        assertTrue(index.matches(i, chunk.getKey()));
        assertArrayEquals(chunk.getValue(), decode(pack, decoder, index.location(i)));
      }
    }
  }

  @Test
  void theSampleHasChunksOfEveryCodec() {
    Set<Codec> codecs = EnumSet.noneOf(Codec.class);
    sample.locations.values().forEach(location -> codecs.add(Codec.of(location.codec())));
    assertEquals(EnumSet.allOf(Codec.class), codecs);
  }

  @Test
  void unknownIdsAreNotFound() throws Exception {
    PackIndex index = index(sample.bytes);
    assertEquals(-1, index.find(ChunkId.wrap(new byte[32])));
    for (ChunkId known : sample.plain.keySet()) {
      byte[] near = known.toBytes();
      near[31] ^= 1;
      assertEquals(-1, index.find(ChunkId.wrap(near)));
      near[31] ^= 1;
      near[0] ^= (byte) 0x80;
      assertEquals(-1, index.find(ChunkId.wrap(near)));
    }
  }

  @Test
  void chunksLieBackToBackInTheOrderOfAppending() {
    long end = 128;
    for (ChunkLocation location : sample.locations.values()) {
      assertEquals(end, location.offset());
      end += location.storedLength();
    }
    assertEquals(end, sample.dataEnd());
  }

  @Test
  void aPackWithoutChunksIsAPack() throws Exception {
    MemoryBlob blob = new MemoryBlob("empty");
    try (PackWriter writer = new PackWriter(blob, SamplePack.ID)) {
      assertEquals(192, writer.finish());
    }
    assertEquals(0, index(blob.bytes()).count());
    assertEquals(-1, index(blob.bytes()).find(ChunkId.wrap(new byte[32])));
    try (PackFile pack = file(blob.bytes())) {
      assertThrows(
          CorruptException.class, () -> pack.readStored(128, ByteBuffer.allocateDirect(1)));
    }
  }

  @Test
  void manyChunksAreSortedAndFound() throws Exception {
    Random random = new Random(3);
    MemoryBlob blob = new MemoryBlob("many");
    ChunkId[] ids = new ChunkId[20_000];
    try (PackWriter writer = new PackWriter(blob, SamplePack.ID)) {
      ByteBuffer stored = ByteBuffer.allocateDirect(300);
      for (int i = 0; i < ids.length; i++) {
        byte[] id = new byte[32];
        random.nextBytes(id);
        id[0] = (byte) (i % 3);
        id[1] = 0;
        ids[i] = ChunkId.wrap(id);
        stored.putInt(0, i);
        writer.append(ids[i], stored.clear().limit(4 + i % 297), 300, Codec.LZ4.number());
      }
      assertEquals(ids.length, writer.count());
      long whole = writer.finish();
      assertEquals(whole, blob.length());
    }
    PackIndex index = index(blob.bytes());
    try (PackFile pack = file(blob.bytes())) {
      ByteBuffer first = ByteBuffer.allocateDirect(4);
      for (int i = 0; i < ids.length; i++) {
        ChunkLocation location = index.location(index.find(ids[i]));
        pack.readStored(location.offset(), first.clear());
        assertEquals(i, first.getInt(0));
      }
    }
  }

  @Test
  void readsOutsideOfTheDataRegionAreRefused() throws Exception {
    try (PackFile pack = file(sample.bytes)) {
      int end = sample.index();
      pack.readStored(128, ByteBuffer.allocateDirect(end - 128));
      for (long offset : new long[] {-1, 0, 127, end - 9, end, Long.MAX_VALUE, Long.MIN_VALUE}) {
        ByteBuffer destination = ByteBuffer.allocateDirect(10);
        CorruptException e =
            assertThrows(CorruptException.class, () -> pack.readStored(offset, destination));
        assertEquals(10, destination.remaining(), "nothing was read");
        assertTrue(e.getMessage().contains("between 128 and " + end), e.getMessage());
      }
    }
  }

  @Test
  void openingCostsTwoShortReadsAndOwnsTheBlob() throws Exception {
    MemoryBlob.Reader blob = MemoryBlob.reader(SamplePack.NAME, sample.bytes);
    PackFile pack = PackFile.open(blob, SamplePack.ID, sample.bytes.length);
    pack.close();
    assertTrue(blob.isClosed());
    MemoryBlob.Reader bad = MemoryBlob.reader(SamplePack.NAME, new byte[500]);
    assertThrows(CorruptException.class, () -> PackFile.open(bad, SamplePack.ID, -1));
    assertTrue(bad.isClosed(), "closed on failure");
  }

  @Test
  void anotherPackThanExpectedIsRefused() {
    PackId other = new PackId(1, 2);
    for (Opener opener : Opener.ALL) {
      CorruptException e =
          assertThrows(CorruptException.class, () -> opener.open(sample.bytes, other));
      assertTrue(e.getMessage().contains(other.toString()), e.getMessage());
      assertTrue(e.getMessage().contains(SamplePack.ID.toString()), e.getMessage());
    }
    CorruptException length =
        assertThrows(
            CorruptException.class,
            () ->
                PackFile.open(
                    MemoryBlob.reader(SamplePack.NAME, sample.bytes),
                    SamplePack.ID,
                    sample.bytes.length + 1));
    assertTrue(length.getMessage().contains("the manifest says"), length.getMessage());
  }

  static byte[] decode(PackFile pack, ChunkDecoder decoder, ChunkLocation at) throws IOException {
    ByteBuffer stored = ByteBuffer.allocateDirect(at.storedLength());
    pack.readStored(at.offset(), stored);
    ByteBuffer plain = ByteBuffer.allocateDirect(at.plainLength());
    decoder.decode(pack.describe(), at.codec(), at.crc32c(), at.offset(), stored.flip(), plain);
    byte[] bytes = new byte[at.plainLength()];
    plain.get(0, bytes);
    return bytes;
  }

  private static PackIndex index(byte[] bytes) throws IOException {
    return PackIndex.open(MemoryBlob.reader(SamplePack.NAME, bytes), SamplePack.ID);
  }

  private static PackFile file(byte[] bytes) throws IOException {
    return PackFile.open(MemoryBlob.reader(SamplePack.NAME, bytes), SamplePack.ID, -1);
  }
}
