package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.profile.TouchRecorder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an open file hands out around short reads, and near them. */
final class HandOutTest {
  private static final int CHUNK = 64 << 10;
  private static final int CHUNKS = 40;
  private static final int HOLE = 24; // the first chunk of it
  private static final int HOLE_CHUNKS = 5;

  /** Of chunks from the start of the file: a profile that has room in what is decoded ahead. */
  private static final int[] PROFILE = {5, 3, 8, 1, 9};

  @TempDir private Path directory;
  private byte[] content;
  private ReadFixture fixture;
  private OpenFile file;

  /** Where each piece began, in the order in which they came. */
  private final List<Long> places = new ArrayList<>();

  private final PlacedSink sink = this::take;

  @BeforeEach
  void open() throws IOException {
    content = ReadFixture.bytes(CHUNKS * CHUNK + 100, 9);
    Arrays.fill(content, HOLE * CHUNK, (HOLE + HOLE_CHUNKS) * CHUNK, (byte) 0);
    fixture = new ReadFixture(directory, artifact(), 16 << 20, 1);
    file = fixture.open("f", AfterRead.DROP);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
    fixture.close();
  }

  private TestArtifacts artifact() {
    return new TestArtifacts("fixed:64K", CodecPolicy.LZ4).file("f", content);
  }

  private void take(long offset, ByteBuffer bytes, int index, int length) {
    byte[] taken = new byte[length];
    bytes.get(index, taken);
    assertArrayEquals(
        Arrays.copyOfRange(content, (int) offset, (int) offset + length), taken, "at " + offset);
    places.add(offset);
  }

  @Test
  void aroundAReadIsItsChunkAndNothingIsDecodedForThat() throws IOException {
    assertFalse(file.readAround(3 * CHUNK + 9, sink), "nobody has read there");
    ReadFixture.read(file, 3 * CHUNK + 4096, 4096);
    assertTrue(file.readAround(3 * CHUNK + 4096, sink));
    assertEquals(List.of(3L * CHUNK), places);
    assertEquals(1, fixture.cache.stats().decodes());
  }

  @Test
  void aroundAReadInAHoleIsAPieceOfIt() throws IOException {
    long hole = (long) HOLE * CHUNK;
    assertTrue(file.readAround(hole + 3 * CHUNK + 5, sink));
    assertTrue(file.readAround(hole + 4 * CHUNK + 5, sink), "the last piece is shorter");
    assertEquals(List.of(hole + 2 * CHUNK, hole + 4 * CHUNK), places);
    assertEquals(0, fixture.cache.stats().decodes());
    assertFalse(file.readAround(content.length, sink), "behind the end");
  }

  @Test
  void whatFollowsIsHandedOutOnceAndUpToAMegabyteFurther() throws IOException {
    ReadFixture.read(file, CHUNK, 4096);
    assertTrue(file.readAround(CHUNK, sink));
    List<Long> expected = new ArrayList<>(List.of((long) CHUNK));
    for (long chunk = 2; chunk < 1 + 16; chunk++) {
      assertTrue(file.readOn(CHUNK, sink), "chunk " + chunk);
      expected.add(chunk * CHUNK);
    }
    assertFalse(file.readOn(CHUNK, sink));
    assertTrue(file.readOn(0, sink), "what lies before wasn't");
    expected.add(0L);
    assertFalse(file.readOn(0, sink));
    assertEquals(expected, places);
    assertEquals(17, fixture.cache.stats().decodes());
    assertEquals(17, fixture.cache.stats().evictions(), "nobody reads it here again");
  }

  @Test
  void holesAreLeftOutAndTheEndIsTheEnd() throws IOException {
    for (long chunk = HOLE - 1; chunk <= CHUNKS; chunk++) {
      if (chunk < HOLE || chunk >= HOLE + HOLE_CHUNKS) {
        assertTrue(file.readOn(Math.max(HOLE - 1, chunk - 12) * CHUNK, sink), "chunk " + chunk);
        assertEquals(chunk * CHUNK, places.get(places.size() - 1));
      }
    }
    assertFalse(file.readOn((CHUNKS - 3L) * CHUNK, sink));
    assertFalse(file.readOn(content.length, sink));
  }

  @Test
  void whileAllProcessorsAreTakenNothingFollows() throws IOException {
    fixture.cache.processors().take();
    assertFalse(file.readOn(0, sink));
    fixture.cache.processors().leave();
    assertTrue(file.readOn(0, sink));
  }

  @Test
  void aRecordingHoldsWhatWasAskedFor() throws IOException {
    TouchRecorder recorder =
        new TouchRecorder(fixture.reader.manifest().contentId(), CHUNKS - HOLE_CHUNKS + 1);
    try (ArtifactReader recorded =
            new ArtifactReader(
                fixture.store.openArtifact(ReadFixture.REF), fixture.cache, null, recorder);
        OpenFile watched = recorded.open(fixture.node("f"))) {
      assertFalse(watched.readOn(0, sink));
    }
  }

  @Test
  @Timeout(60)
  void whileReadersKeepToAProfileNothingIsGuessed() throws IOException {
    try (ReadFixture profiled =
            new ReadFixture(directory.resolve("profiled"), artifact(), 16 << 20, 1, PROFILE);
        OpenFile led = profiled.open("f")) {
      while (profiled.cache.stats().aheadDecodes() < PROFILE.length
          || !profiled.cache.processors().hasSpare()) {
        Thread.onSpinWait();
      }
      assertFalse(led.readOn(0, sink));
      ReadFixture.read(led, 20 * CHUNK, 4096); // of which the profile knows nothing
      assertTrue(led.readOn(20 * CHUNK, sink));
    }
  }

  @Test
  void failuresAndAClosedFileAreErrors() throws IOException {
    fixture.blobs.setFaultShare(1);
    assertThrows(IOException.class, () -> file.readOn(0, sink));
    fixture.blobs.setFaultShare(0);
    OpenFile other = fixture.open("f");
    other.close();
    assertThrows(IOException.class, () -> other.readOn(0, sink));
    assertEquals(List.of(), places);
  }
}
