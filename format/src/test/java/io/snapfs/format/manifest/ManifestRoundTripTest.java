package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestRoundTripTest {
  @TempDir Path scratch;

  @Test
  void smallTree() throws IOException {
    SampleTree tree = SampleTree.small();
    Manifest manifest = ManifestAssertions.open(tree.write(scratch));
    ManifestAssertions.assertSame(tree, manifest);
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    Summary summary = manifest.summary();
    assertEquals(8192 + (1L << 40) + 100 + 8192, summary.logicalBytes());
    assertEquals(1L << 40, summary.holeBytes());
    assertEquals(8292, summary.plainBytes());
    assertEquals(5100, summary.storedBytes());
    assertEquals(3, summary.regularFiles());
    assertEquals(
        List.of(new Part(PartType.OTHER, new byte[0], 3, summary.logicalBytes())),
        manifest.parts());
  }

  @Test
  void emptyTree() throws IOException {
    SampleTree tree = new SampleTree();
    Manifest manifest = ManifestAssertions.open(tree.write(scratch));
    ManifestAssertions.assertSame(tree, manifest);
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    assertArrayEquals(new byte[0], manifest.path(0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void randomTrees(long seed) throws IOException {
    Random random = new Random(seed);
    SampleTree tree = SampleTree.random(random, 1 << (2 * (int) seed));
    byte[] bytes = tree.write(scratch);
    Manifest manifest = ManifestAssertions.open(bytes);
    ManifestAssertions.assertSame(tree, manifest);
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    assertArrayEquals(bytes, tree.write(scratch), "the same input gives the same bytes");
    try (var left = Files.list(scratch)) {
      assertEquals(0, left.count(), "temporary files are gone");
    }
  }
}
