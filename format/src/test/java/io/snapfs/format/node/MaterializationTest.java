package io.snapfs.format.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MaterializationTest {
  private static final int MIB = 1 << 20;

  /** A quarter of each is a hole. */
  private final byte[] large = NodeFixture.bytes(4 * MIB, 1);

  private final byte[] middle = NodeFixture.bytes(2 * MIB, 2);
  private final byte[] little = NodeFixture.bytes(MIB, 3);

  @TempDir private Path temp;
  private Path dir;
  private NodeFixture fixture;

  @BeforeEach
  void pack() throws IOException {
    dir = temp.resolve("node");
    fixture =
        new NodeFixture(temp)
            .add("little", little)
            .add("large", large)
            .add("same as large", large)
            .add("middle", middle)
            .add("short", new byte[1000])
            .pack();
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private Materialization.Result run(NodeCache cache, int jobs) throws IOException {
    return new Materialization(cache, fixture.reader(), ArtifactRef.parse("test"), Progress.NONE)
        .run(jobs);
  }

  private void assertThere(NodeCache cache, String name, byte[] content) throws IOException {
    try (NodeFile file = cache.acquire(fixture.key(name))) {
      assertNotNull(file, name);
      assertArrayEquals(content, NodeFixture.read(file));
    }
  }

  @Test
  void allFilesAreThereAndTheNextRunFindsThem() throws IOException {
    for (int jobs = 1; jobs <= 3; jobs++) {
      try (NodeCache cache = NodeCache.open(dir.resolveSibling("node" + jobs), 64 * MIB)) {
        Materialization.Result first = run(cache, jobs);
        assertEquals(3, first.files());
        assertEquals(7 * MIB, first.bytes());
        assertEquals(3, first.filledFiles());
        assertEquals(7 * MIB / 4 * 3, first.filledBytes());
        assertEquals(0, first.leftOutFiles() + first.leftOutBytes() + first.busyFiles());
        assertEquals(1, first.shortFiles());
        assertThere(cache, "large", large);
        assertThere(cache, "same as large", large);
        assertThere(cache, "middle", middle);
        assertThere(cache, "little", little);
      }
      try (NodeCache cache = NodeCache.open(dir.resolveSibling("node" + jobs), 64 * MIB)) {
        Materialization.Result second = run(cache, jobs);
        assertEquals(3, second.files());
        assertEquals(0, second.filledFiles());
        assertEquals(3, cache.stats().checked());
      }
    }
  }

  @Test
  void whatDoesNotFitIsLeftOutAndNothingIsGivenUpForIt() throws IOException {
    try (NodeCache cache = NodeCache.open(dir, 4 * MIB)) { // the large one, and the little one
      Materialization.Result result = run(cache, 1);
      assertEquals(2, result.files());
      assertEquals(5 * MIB, result.bytes());
      assertEquals(1, result.leftOutFiles());
      assertEquals(2 * MIB / 4 * 3, result.leftOutBytes());
      assertThere(cache, "large", large);
      assertThere(cache, "little", little);
      assertNull(cache.acquire(fixture.key("middle")));
      assertEquals(0, cache.stats().evicted());
    }
  }

  @Test
  void progressGrowsToTheEnd() throws IOException {
    List<Long> steps = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    Progress progress =
        (what, done, total) -> {
          steps.add(done);
          totals.add(total);
        };
    try (NodeCache cache = NodeCache.open(dir, 64 * MIB)) {
      new Materialization(cache, fixture.reader(), ArtifactRef.parse("test"), progress).run(2);
    }
    assertTrue(steps.size() > 10, steps::toString);
    assertEquals(steps.stream().sorted().toList(), steps);
    long all = 7 * MIB / 4 * 3;
    assertEquals(List.of(all), totals.stream().distinct().toList());
    assertEquals(all, steps.get(steps.size() - 1));
  }

  @Test
  void aStoreThatIsDamagedIsAnError() throws IOException {
    try (Stream<Path> packs = Files.walk(temp.resolve("store/packs"))) {
      for (Path pack : packs.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(pack);
        for (int at = bytes.length / 4; at < bytes.length / 2; at++) {
          bytes[at] ^= 1;
        }
        Files.write(pack, bytes);
      }
    }
    try (NodeCache cache = NodeCache.open(dir, 64 * MIB)) {
      assertThrows(CorruptException.class, () -> run(cache, 2));
    }
  }
}
