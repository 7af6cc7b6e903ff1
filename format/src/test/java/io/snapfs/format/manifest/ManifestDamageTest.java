package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged bytes are always noticed, by whoever touches them first. */
class ManifestDamageTest {
  @TempDir Path scratch;

  @Test
  void everyFlippedByteIsNoticed() throws Exception {
    byte[] good = SampleTree.small().write(scratch);
    Map<String, String> answers = Transcript.of(ManifestAssertions.open(good));
    for (int i = 0; i < good.length; i++) {
      for (int bits : new int[] {1, 0x80, 0xff}) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) bits;
        assertNoticed(bad, answers, "byte " + i + " ^ " + bits);
      }
    }
  }

  @Test
  void everyTruncationIsNoticed() throws Exception {
    byte[] good = SampleTree.small().write(scratch);
    for (int length = 0; length < good.length; length++) {
      byte[] bad = Arrays.copyOf(good, length);
      assertThrows(CorruptException.class, () -> ManifestAssertions.open(bad), "length " + length);
    }
  }

  @Test
  void appendedBytesAreNoticed() throws Exception {
    byte[] good = SampleTree.small().write(scratch);
    byte[] bad = Arrays.copyOf(good, good.length + 8);
    assertThrows(CorruptException.class, () -> ManifestAssertions.open(bad));
  }

  @Test
  void damageAnywhereInABigManifestSpoilsOnlyItsBlock() throws Exception {
    long seed = 20;
    Random random = new Random(seed);
    byte[] good = SampleTree.random(random, 4000).write(scratch);
    assertTrue(good.length > 8 * CheckedBytes.BLOCK, "several blocks: " + good.length);
    Map<String, String> answers = Transcript.of(ManifestAssertions.open(good));
    int answered = 0;
    for (int round = 0; round < 12; round++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 + random.nextInt(255));
      answered += assertNoticed(bad, answers, "seed " + seed + ", byte " + at);
    }
    assertTrue(answered > 0, "undamaged blocks still answer");
  }

  /** Returns how many questions were answered nevertheless, and rightly so. */
  private static int assertNoticed(byte[] bad, Map<String, String> answers, String what)
      throws Exception {
    Manifest manifest;
    try {
      manifest = ManifestAssertions.open(bad);
    } catch (CorruptException e) {
      return 0;
    }
    assertFalse(ManifestAssertions.problems(manifest).isEmpty(), what);
    Manifest fresh = ManifestAssertions.open(bad);
    Map<String, String> given = Transcript.of(fresh);
    for (Map.Entry<String, String> answer : given.entrySet()) {
      assertEquals(
          answers.get(answer.getKey()), answer.getValue(), () -> what + ": " + answer.getKey());
    }
    return given.size();
  }

  @Test
  void messagesNameFileAndPlace() throws IOException {
    byte[] bad = SampleTree.small().write(scratch);
    int at = Seal.position(bad, SectionType.SUMMARY, 0, 0);
    bad[at] ^= 1;
    CorruptException e = assertThrows(CorruptException.class, () -> ManifestAssertions.open(bad));
    assertEquals("test.manifest", e.resource());
    assertEquals(ManifestHeader.LENGTH, e.offset());
    assertTrue(e.getMessage().contains("checksum"), e.getMessage());
  }

  @Test
  void aFileTruncatedBehindTheMappingIsDamage() throws IOException {
    byte[] good = SampleTree.random(new Random(8), 4000).write(scratch);
    Path file = Files.write(scratch.resolve("mapped"), good);
    ByteBuffer mapped;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, good.length);
    }
    Manifest manifest = Manifest.open(mapped, "mapped");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(ManifestHeader.LENGTH);
    }
    List<CorruptException> problems = ManifestAssertions.problems(manifest);
    assertEquals(CheckedBytes.blocks(Seal.tableOffset(good)), problems.size());
    assertTrue(problems.get(0).getMessage().contains("truncated"), problems.get(0).getMessage());
    assertThrows(CorruptException.class, () -> Manifest.open(mapped, "mapped"));
  }
}
