package io.snapfs.format.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ChunkId;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.MemoryBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackWriterTest {
  private final MemoryBlob blob = new MemoryBlob("pack");
  private final PackWriter writer = new PackWriter(blob, new PackId(1, 2));

  @Test
  void appendDoesNotMoveWhatItStores() throws Exception {
    ByteBuffer stored = ByteBuffer.allocateDirect(100).position(10).limit(30);
    assertEquals(20, writer.append(id(1), stored, 20, 0).storedLength());
    assertEquals(10, stored.position());
    assertEquals(30, stored.limit());
    assertEquals(148, writer.length());
  }

  @ParameterizedTest
  @CsvSource({"0,1,1", "2,1,1", "1,0,1", "1,4194305,1", "1,2,0", "1,2,4", "1,2,-1"})
  void whatMakesNoSenseIsRefused(int stored, int plain, int codec) throws Exception {
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.append(id(1), ByteBuffer.allocateDirect(stored), plain, codec));
    assertEquals(0, writer.count());
    assertEquals(192, writer.finish());
  }

  @Test
  void aChunkIsAppendedOnce() throws Exception {
    writer.append(id(1), ByteBuffer.allocateDirect(1), 1, 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.append(id(1), ByteBuffer.allocateDirect(2), 2, 0));
    assertEquals(1, writer.count());
  }

  @Test
  void nothingFollowsTheFooter() throws Exception {
    writer.finish();
    assertThrows(IllegalStateException.class, writer::finish);
    assertThrows(
        IllegalStateException.class,
        () -> writer.append(id(1), ByteBuffer.allocateDirect(1), 1, 0));
  }

  @Test
  void aPackThatMissesBytesCannotBeFinished() throws Exception {
    Discard full = new Discard();
    try (PackWriter big = new PackWriter(full, new PackId(1, 2))) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(Limits.MAX_CHUNK);
      big.append(id(1), chunk, Limits.MAX_CHUNK, 0);
      full.failing = true;
      assertThrows(IOException.class, () -> big.append(id(2), chunk, Limits.MAX_CHUNK, 0));
      full.failing = false;
      assertThrows(
          IllegalStateException.class, () -> big.append(id(3), chunk, Limits.MAX_CHUNK, 0));
      assertThrows(IllegalStateException.class, big::finish);
    }
  }

  @Test
  void isFullAtTheTargetLength() throws Exception {
    try (PackWriter big = new PackWriter(new Discard(), new PackId(1, 2))) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(Limits.MAX_CHUNK);
      for (int i = 0; i < Limits.PACK_TARGET / Limits.MAX_CHUNK; i++) {
        assertFalse(big.isFull());
        big.append(id(i), chunk, Limits.MAX_CHUNK, 0);
      }
      assertTrue(big.isFull());
    }
  }

  @Test
  void isFullWithManyTinyChunks() throws Exception {
    try (PackWriter many = new PackWriter(new Discard(), new PackId(1, 2))) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(1);
      for (int i = 0; i < PackWriter.FULL_COUNT; i++) {
        assertFalse(many.isFull());
        many.append(id(i), chunk, 1, 0);
      }
      assertTrue(many.isFull());
      assertEquals(128 + PackWriter.FULL_COUNT * 65L + 64, many.finish());
    }
  }

  @Test
  void packsLongerThanTheLimitAreNotWritten() throws Exception {
    try (PackWriter big = new PackWriter(new Discard(), new PackId(1, 2))) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(Limits.MAX_CHUNK);
      for (int i = 0; i < Limits.MAX_PACK / Limits.MAX_CHUNK - 1; i++) {
        big.append(id(i), chunk, Limits.MAX_CHUNK, 0);
      }
      assertThrows(
          IllegalStateException.class, () -> big.append(id(-1), chunk, Limits.MAX_CHUNK, 0));
      assertTrue(big.finish() <= Limits.MAX_PACK);
    }
  }

  @Test
  void closeClosesTheBlob() throws Exception {
    writer.close();
    writer.close();
    assertTrue(blob.isClosed());
  }

  private static ChunkId id(int number) {
    byte[] bytes = new byte[32];
    ByteBuffer.wrap(bytes).putInt(0, number * 0x9e3779b9);
    return ChunkId.wrap(bytes);
  }

  /** Takes everything and keeps nothing, or fails. */
  private static final class Discard implements BlobWriter {
    private long length;
    private boolean failing;

    @Override
    public String key() {
      return "discard";
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
      if (failing) {
        throw new IOException("no space left on device");
      }
      length += source.remaining();
      source.position(source.limit());
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void publish(IfExists ifExists) {
      throw new IllegalStateException("nothing to publish");
    }

    @Override
    public void close() {
      // nothing is kept
    }
  }
}
