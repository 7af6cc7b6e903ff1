package io.snapfs.format.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingFileTest {
  private static final ArtifactRef REF = ArtifactRef.parse("llama:v1");
  private static final byte[] ID = new byte[32];
  private static final byte[] OTHER = new byte[32];
  private static final String LINE = "artifact llama:v1 content " + "00".repeat(32) + " chunks ";

  static {
    OTHER[31] = 7;
  }

  @TempDir private Path dir;

  private Path file() {
    return dir.resolve("recording");
  }

  private Path write(String lines) throws IOException {
    String text = RecordingFile.FIRST_LINE + "\n" + lines;
    int crc = Crc32c.of(text.getBytes(StandardCharsets.US_ASCII));
    return Files.writeString(file(), text + String.format("checksum %08x\n", crc));
  }

  private static List<Recording> two() {
    return List.of(
        new Recording(REF, Profile.of(ID, 100, 7, 8, 9, 3, 99, 98)),
        new Recording(ArtifactRef.parse("b"), Profile.of(OTHER, 1, 0)));
  }

  @Test
  void roundTrip() throws IOException {
    Files.writeString(file(), "what was there before");
    RecordingFile.write(file(), two());
    List<Recording> read = RecordingFile.read(file());
    assertEquals(2, read.size());
    assertEquals(REF, read.get(0).ref());
    Profile profile = read.get(0).profile();
    assertArrayEquals(ID, profile.contentId());
    assertEquals(100, profile.artifactChunks());
    assertEquals(6, profile.size());
    assertEquals(3, profile.chunk(3));
    assertEquals(98, profile.chunk(5));
    assertTrue(Files.readString(file()).contains("\n7-9\n3\n99\n98\n"));
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(List.of(file()), files.toList());
    }
    RecordingFile.write(file(), List.of());
    assertEquals(List.of(), RecordingFile.read(file()));
  }

  @Test
  void everyFlippedBitAndEveryCutIsFound() throws IOException {
    RecordingFile.write(file(), two());
    byte[] good = Files.readAllBytes(file());
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), bad);
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> RecordingFile.read(file()), "bit " + bit);
      assertTrue(e.getMessage().startsWith(file().toString()), e.getMessage());
    }
    for (int length = 0; length < good.length; length++) {
      Files.write(file(), Arrays.copyOf(good, length));
      assertThrows(SnapfsException.class, () -> RecordingFile.read(file()), "length " + length);
    }
  }

  private void assertLie(String problem, String lines) throws IOException {
    write(lines);
    CorruptException e =
        assertThrows(CorruptException.class, () -> RecordingFile.read(file()), lines);
    assertTrue(e.getMessage().contains(problem), "no '" + problem + "' in " + e.getMessage());
  }

  @Test
  void lies() throws IOException {
    write(LINE + "10\n5-9\n");
    assertEquals(5, RecordingFile.read(file()).get(0).profile().size());
    assertLie("line 3: chunks 5-10 of an artifact that has 10", LINE + "10\n5-10\n");
    assertLie("line 3: chunks 5-4", LINE + "10\n5-4\n");
    assertLie("line 4: chunk 6 occurs twice", LINE + "10\n5-8\n6\n");
    assertLie("at most 33554431", LINE + "33554432\n");
    assertLie("line 2: it is neither", "5-8\n");
    assertLie("line 3: it is neither", LINE + "10\n-5\n");
    assertLie("line 3: it is neither", LINE + "10\n99999999999\n");
    assertLie("line 2: it is not 'artifact", LINE + "99999999999\n");
    assertLie("line 2: bad artifact name", LINE.replace("llama:", "../x:") + "10\n");
  }

  @Test
  void otherFilesAreNoRecordings() throws IOException {
    assertThrows(MissingException.class, () -> RecordingFile.read(file()));
    Files.writeString(file(), "\u007fELF");
    SnapfsException e = assertThrows(SnapfsException.class, () -> RecordingFile.read(file()));
    assertTrue(e.getMessage().contains("is no recording"), e.getMessage());
    Files.writeString(file(), "snapfs-recording 2\n");
    assertThrows(TooNewException.class, () -> RecordingFile.read(file()));
  }

  @Test
  void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
    Path taken = Files.createDirectory(dir.resolve("taken"));
    Files.createFile(taken.resolve("x"));
    assertThrows(SnapfsException.class, () -> RecordingFile.write(taken, two()));
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(List.of(taken), files.toList());
    }
    assertThrows(
        SnapfsException.class, () -> RecordingFile.write(dir.resolve("no/recording"), two()));
  }

  private static String missing(List<Recording> recordings, ArtifactRef ref, byte[] contentId) {
    return assertThrows(
            MissingException.class,
            () -> RecordingFile.find(recordings, Path.of("rec"), ref, contentId))
        .getMessage();
  }

  @Test
  void whatWasRecordedIsFoundByItsContent() throws IOException {
    ArtifactRef renamed = ArtifactRef.parse("renamed");
    assertEquals(6, RecordingFile.find(two(), Path.of("rec"), renamed, ID).size());
    byte[] third = new byte[32];
    third[0] = 1;
    String other = missing(two(), REF, third);
    assertTrue(other.contains("rec was recorded from another llama:v1"), other);
    assertTrue(other.contains("now has 0100"), other);
    String nothing = missing(two(), renamed, third);
    assertTrue(
        nothing.contains("has nothing of renamed:latest, but of [llama:v1, b:latest]"), nothing);
    assertTrue(missing(List.of(), REF, ID).contains("nothing was read"));
  }
}
