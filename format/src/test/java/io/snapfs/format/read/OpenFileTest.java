package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.InjectedException;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.manifest.Manifest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFileTest {
  private static final int CHUNK = 64 << 10;
  private static final long CAPACITY = 32 << 20;

  @TempDir Path directory;

  private ReadFixture fixture(TestArtifacts artifact) throws IOException {
    return new ReadFixture(directory, artifact, CAPACITY, 2);
  }

  private static TestArtifacts artifact() {
    return new TestArtifacts("fixed:64K", CodecPolicy.AUTO);
  }

  @Test
  void readsAcrossChunksAndHolesAndTheEnd() throws IOException {
    byte[] content = ReadFixture.bytes(5 * CHUNK + 777, 1);
    Arrays.fill(content, 2 * CHUNK, 3 * CHUNK + 8192, (byte) 0);
    try (ReadFixture fixture = fixture(artifact().file("f", content));
        OpenFile file = fixture.open("f")) {
      assertEquals(content.length, file.size());
      int[] offsets = {0, 1, CHUNK - 1, CHUNK, 2 * CHUNK - 5, 3 * CHUNK + 8191, content.length - 1};
      for (int offset : offsets) {
        for (int length : new int[] {1, 4096, CHUNK, 3 * CHUNK, content.length, 1 << 20}) {
          int end = Math.min(content.length, offset + length);
          byte[] expected = Arrays.copyOfRange(content, offset, end);
          assertArrayEquals(expected, ReadFixture.read(file, offset, length));
          assertArrayEquals(expected, ReadFixture.readSlices(file, offset, length));
        }
      }
    }
  }

  @Test
  void readsNothingAtAndBehindTheEnd() throws IOException {
    try (ReadFixture fixture =
            fixture(artifact().file("f", new byte[] {1, 2, 3}).file("e", new byte[0]));
        OpenFile file = fixture.open("f");
        OpenFile empty = fixture.open("e")) {
      for (long offset : new long[] {3, 4, 4096, 1L << 40, Long.MAX_VALUE}) {
        assertEquals(0, ReadFixture.read(file, offset, 10).length);
        assertEquals(0, ReadFixture.readSlices(file, offset, 10).length);
      }
      assertEquals(0, ReadFixture.read(file, 1, 0).length);
      assertEquals(0, ReadFixture.read(empty, 0, 10).length);
      assertEquals(-1, empty.seekData(0));
      assertThrows(IllegalArgumentException.class, () -> ReadFixture.read(file, -1, 1));
    }
  }

  @Test
  void readsAndSeeksUpToTheLargestOffset() throws IOException {
    long tebi = 1L << 40;
    long last = Long.MAX_VALUE - 8191;
    byte[] start = ReadFixture.bytes(5000, 1);
    byte[] middle = ReadFixture.bytes(CHUNK + 4096, 2);
    byte[] end = ReadFixture.bytes(8191, 3);
    try (ReadFixture fixture =
            fixture(
                artifact()
                    .sparseFile(
                        "huge", Long.MAX_VALUE, Map.of(0L, start, tebi, middle, last, end)));
        OpenFile huge = fixture.open("huge")) {
      assertArrayEquals(end, ReadFixture.read(huge, last, 1 << 20));
      assertArrayEquals(end, ReadFixture.readSlices(huge, last, 1 << 20));
      assertArrayEquals(
          Arrays.copyOfRange(end, 8190, 8191), ReadFixture.read(huge, Long.MAX_VALUE - 1, 10));
      assertArrayEquals(new byte[100], ReadFixture.read(huge, last - 100, 100));
      byte[] around = ReadFixture.readSlices(huge, tebi - 50, 100 + middle.length);
      assertArrayEquals(middle, Arrays.copyOfRange(around, 50, 50 + middle.length));
      for (long ahead = 4 << 20; ahead > 0; ahead -= 1 << 20) { // forward to the end
        assertEquals(1 << 20, ReadFixture.read(huge, last - ahead, 1 << 20).length);
      }

      assertEquals(0, huge.seekData(0));
      assertEquals(5000, huge.seekHole(0));
      assertEquals(tebi, huge.seekData(5000));
      assertEquals(tebi + 5, huge.seekData(tebi + 5));
      assertEquals(tebi + middle.length, huge.seekHole(tebi));
      assertEquals(last, huge.seekData(tebi + middle.length));
      assertEquals(Long.MAX_VALUE, huge.seekHole(last));
      assertEquals(-1, huge.seekData(Long.MAX_VALUE));
      assertEquals(-1, huge.seekData(-1));
    }
  }

  @Test
  void aFileThatIsAllHoleTakesNothing() throws IOException {
    long tebi = 1L << 40;
    try (ReadFixture fixture = fixture(artifact().sparseFile("large", tebi, Map.of()));
        OpenFile large = fixture.open("large")) {
      assertArrayEquals(new byte[3 << 20], ReadFixture.readSlices(large, tebi / 2 + 1, 3 << 20));
      assertArrayEquals(new byte[9 << 20], ReadFixture.read(large, 12345, 9 << 20));
      assertArrayEquals(new byte[10], ReadFixture.read(large, tebi - 10, 4096));
      assertEquals(-1, large.seekData(0));
      assertEquals(77, large.seekHole(77));
      assertEquals(-1, large.seekHole(tebi));
      assertEquals(0, fixture.cache.stats().peakBytes());
    }
  }

  @Test
  void equalChunksOfSeveralFilesAreDecodedOnce() throws IOException {
    byte[] content = ReadFixture.bytes(4 * CHUNK, 1);
    try (ReadFixture fixture = fixture(artifact().file("a", content).file("b", content));
        OpenFile a = fixture.open("a");
        OpenFile b = fixture.open("b")) {
      assertArrayEquals(content, ReadFixture.read(a, 0, content.length));
      assertArrayEquals(content, ReadFixture.read(b, 0, content.length));
      assertEquals(4, fixture.cache.stats().decodes());
    }
  }

  @Test
  void aReadOfManyChunksThatFailsToDecodeSaysWhereAndHandsOutNothing() throws IOException {
    byte[] content = ReadFixture.bytes(4 * CHUNK, 1);
    try (ReadFixture fixture = fixture(artifact().file("dir\nfile", content));
        OpenFile file = fixture.open("dir\nfile")) {
      Path pack = damageChunk(fixture, 2);
      ByteBuffer buffer = ByteBuffer.allocateDirect(content.length).position(3);
      CorruptException e = assertThrows(CorruptException.class, () -> file.read(CHUNK + 5, buffer));
      assertEquals(3, buffer.position());
      assertEquals(pack.toString(), e.resource());
      assertEquals(fixture.reader.manifest().chunkOffset(2), e.offset());
      for (String part :
          new String[] {
            pack.toString(), "" + e.offset(), "test:latest", "dir\\x0afile", "checksum"
          }) {
        assertTrue(e.getMessage().contains(part), part + " is missing in: " + e.getMessage());
      }
      boolean[] called = {false};
      assertThrows(
          CorruptException.class, () -> file.read(0, content.length, s -> called[0] = true));
      assertTrue(!called[0], "the sink got slices of a damaged read");
      assertArrayEquals(
          Arrays.copyOfRange(content, 3 * CHUNK, 4 * CHUNK),
          ReadFixture.read(file, 3 * CHUNK, CHUNK));
      assertArrayEquals(
          Arrays.copyOfRange(content, 0, 2 * CHUNK), ReadFixture.read(file, 0, 2 * CHUNK));
    }
  }

  private Path damageChunk(ReadFixture fixture, int chunk) throws IOException {
    Manifest manifest = fixture.reader.manifest();
    Path pack = directory.resolve(manifest.packId(0).key());
    try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
      long at = manifest.chunkOffset(chunk) + manifest.chunkStoredLength(chunk) / 2;
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 0x10);
    }
    return pack;
  }

  @Test
  void storeErrorsPassAndAreForgottenWhenTheStoreIsBack() throws IOException {
    byte[] content = ReadFixture.bytes(8 * CHUNK, 1);
    try (ReadFixture fixture = fixture(artifact().file("f", content));
        OpenFile file = fixture.open("f")) {
      fixture.blobs.setFaultShare(1);
      for (int i = 0; i < 3; i++) {
        assertThrows(InjectedException.class, () -> ReadFixture.read(file, 0, 100));
        assertThrows(InjectedException.class, () -> ReadFixture.readSlices(file, 5L * CHUNK, 100));
      }
      fixture.blobs.setFaultShare(0);
      assertArrayEquals(content, ReadFixture.read(file, 0, content.length));
    }
  }

  @Test
  void closedThingsRefuse() throws IOException {
    byte[] content = ReadFixture.bytes(CHUNK, 1);
    try (ReadFixture fixture = fixture(artifact().file("f", content))) {
      OpenFile closed = fixture.open("f");
      OpenFile stays = fixture.open("f");
      closed.close();
      closed.close();
      SnapfsException e = assertThrows(SnapfsException.class, () -> ReadFixture.read(closed, 0, 1));
      assertTrue(e.getMessage().contains("closed: file f of artifact test:latest"), e.getMessage());
      fixture.reader.close();
      assertThrows(SnapfsException.class, () -> fixture.open("f"));
      fixture.cache.close();
      assertThrows(
          SnapfsException.class,
          () -> new ArtifactReader(fixture.store.openArtifact(ReadFixture.REF), fixture.cache));
      assertArrayEquals(content, ReadFixture.read(stays, 0, CHUNK)); // open files go on
      stays.close();
    }
  }
}
