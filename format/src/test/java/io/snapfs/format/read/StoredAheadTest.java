package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.blob.FaultyBlobStore.Wanted;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredAheadTest {
  private static final int CHUNK = 64 << 10;
  private static final int CHUNKS = 80; // stored raw, in one pack, one behind the other

  @TempDir private Path directory;
  private TestArtifacts artifact;

  @BeforeEach
  void setUp() {
    artifact =
        new TestArtifacts("fixed:64K", CodecPolicy.RAW)
            .file("f", ReadFixture.bytes(CHUNKS * CHUNK, 3));
  }

  private ReadFixture fixture() throws IOException {
    return new ReadFixture(directory, artifact, 4 << 20, 1);
  }

  private static Wanted range(Manifest manifest, int chunk, int count) throws IOException {
    return new Wanted(manifest.chunkOffset(chunk), (long) count * CHUNK);
  }

  private static long bytes(List<Wanted> wanted) {
    return wanted.stream().mapToLong(Wanted::length).sum();
  }

  @Test
  void neighboursAreAskedForTogetherInTheOrderGiven() throws Exception {
    try (ReadFixture fixture = fixture()) {
      fixture.reader.storedAhead(new int[] {70, 3, 4, 5, 6, 50, 49}, () -> Long.MAX_VALUE).run();
      Manifest manifest = fixture.reader.manifest();
      assertEquals(
          List.of(
              range(manifest, 70, 1),
              range(manifest, 3, 4),
              range(manifest, 50, 1),
              range(manifest, 49, 1)),
          fixture.blobs.wanted());
    }
  }

  @Test
  void aRequestIsOfOneMebibyteAtMost() throws Exception {
    try (ReadFixture fixture = fixture()) {
      StoredAhead ahead =
          fixture.reader.storedAhead(IntStream.range(0, CHUNKS).toArray(), () -> Long.MAX_VALUE);
      ahead.hurry();
      ahead.run();
      List<Wanted> wanted = fixture.blobs.wanted();
      assertEquals(CHUNKS / 16, wanted.size());
      assertEquals(range(fixture.reader.manifest(), 16, 16), wanted.get(1));
      assertEquals((long) CHUNKS * CHUNK, bytes(wanted));
    }
  }

  @Test
  void noMoreIsAskedForThanAllowed() throws Exception {
    try (ReadFixture fixture = fixture()) {
      fixture.reader.storedAhead(IntStream.range(0, CHUNKS).toArray(), () -> 2 << 20).run();
      assertEquals(2 << 20, bytes(fixture.blobs.wanted()));
    }
  }

  @Test
  void itEndsWhenItIsClosed() throws Exception {
    try (ReadFixture fixture = fixture()) {
      StoredAhead ahead = fixture.reader.storedAhead(new int[] {1, 2, 3}, () -> Long.MAX_VALUE);
      ahead.close();
      ahead.run();
      assertEquals(List.of(), fixture.blobs.wanted());
    }
  }

  @Test
  void aReaderThatWasClosedIsLeftAlone() throws Exception {
    try (ReadFixture fixture = fixture()) {
      StoredAhead ahead = fixture.reader.storedAhead(new int[] {1, 2, 3}, () -> Long.MAX_VALUE);
      fixture.reader.close();
      ahead.run();
      assertEquals(List.of(), fixture.blobs.wanted());
    }
  }

  @Test
  void aStoreThatFailsEndsItQuietly() throws Exception {
    try (ReadFixture fixture = fixture()) {
      fixture.blobs.setFaultShare(1);
      StoredAhead ahead =
          fixture.reader.storedAhead(IntStream.range(0, CHUNKS).toArray(), () -> Long.MAX_VALUE);
      assertDoesNotThrow(ahead::run);
      assertTrue(bytes(fixture.blobs.wanted()) < (long) CHUNKS * CHUNK);
    }
  }
}
