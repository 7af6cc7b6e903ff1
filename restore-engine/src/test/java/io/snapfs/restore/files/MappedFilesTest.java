package io.snapfs.restore.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.restore.files.MappedFiles.Part;
import io.snapfs.restore.files.MappedFiles.Range;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MappedFilesTest {
  private static final long KIB = 1024;

  private final MappedFiles files = new MappedFiles();

  private static List<Range> ranges(List<Part> parts, String path) {
    return parts.stream()
        .filter(part -> part.path().equals(path))
        .flatMap(part -> part.ranges().stream())
        .toList();
  }

  private static List<String> paths(List<Part> parts) {
    return parts.stream().map(Part::path).toList();
  }

  @Test
  void rangesThatOverlapOrAreNearBecomeOne() {
    files.add("/a", 1000 * KIB, 100 * KIB);
    files.add("/a", 0, 4 * KIB);
    files.add("/a", 1050 * KIB, 100 * KIB);
    files.add("/a", 20 * KIB, 4 * KIB); // 16 KiB behind the first

    assertEquals(
        List.of(new Range(0, 24 * KIB), new Range(1000 * KIB, 150 * KIB)),
        ranges(files.first(), "/a"));
    files.add("/a", 10 * KIB, 980 * KIB);
    assertEquals(List.of(new Range(0, 1150 * KIB)), ranges(files.first(), "/a"));
  }

  /** Whatever the order, what was added is inside, and ranges are apart by more than the gap. */
  @Test
  void anyOrderGivesTheSame() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      MappedFiles forward = new MappedFiles();
      long[][] added = new long[20][];
      for (int i = 0; i < added.length; i++) {
        added[i] = new long[] {random.nextInt(4 << 20), 1 + random.nextInt(200_000)};
        forward.add("/f", added[i][0], added[i][1]);
      }
      MappedFiles backward = new MappedFiles();
      for (int i = added.length - 1; i >= 0; i--) {
        backward.add("/f", added[i][0], added[i][1]);
      }
      assertEquals(ranges(forward.first(), "/f"), ranges(backward.first(), "/f"));
      for (long[] one : added) {
        long inside =
            ranges(forward.first(), "/f").stream()
                .filter(r -> r.offset() <= one[0] && one[0] + one[1] <= r.offset() + r.length())
                .count();
        assertEquals(1, inside);
      }
    }
  }

  @Test
  void theTextSaysTheSame() {
    String odd = "/odd\n \\012 \u00e4\u00ff";
    files.add("/b", 4096, 8192);
    files.add(odd, 0, 1);
    files.add(odd, 1 << 20, 4096);

    MappedFiles again = MappedFiles.ofText(files.toText());

    assertEquals(files.first(), again.first());
    assertEquals(List.of("/b", odd), paths(again.first()));
    assertEquals(List.of(), again.later());
  }

  @Test
  void whatIsNeededLaterStaysApart() {
    files.add("/a", 0, 4096);
    files.addLater("/a", 8192, 4096);
    files.add("/b", 0, 4096);
    files.addLater("/c", 0, 4096);

    MappedFiles again = MappedFiles.ofText(files.toText());

    assertEquals(List.of("/a", "/b"), paths(again.first()));
    assertEquals(List.of("/a", "/c"), paths(again.later()));
    assertEquals(List.of(new Range(0, 4096)), ranges(again.first(), "/a"));
    assertEquals(List.of(new Range(8192, 4096)), ranges(again.later(), "/a"));
  }

  @Test
  void anotherListIsAdded() {
    files.add("/a", 0, 4096);
    MappedFiles other = new MappedFiles();
    other.add("/b", 0, 4096);
    other.addLater("/a", 1 << 20, 4096);
    files.addAll(other);
    assertEquals(List.of("/a", "/b"), paths(files.first()));
    assertEquals(List.of("/a"), paths(files.later()));
  }

  @Test
  void whatIsNotUnderstoodIsLeftOut() {
    String text =
        "snapfs mapped files 1\n 1 2\nrelative\n/x\n -1 5\n 5 0\n a b\n 9223372036854775807 9\n"
            + " 1 2 3\n4096 4096\n 8192 4096\n/y\n 0 40";
    MappedFiles read = MappedFiles.ofText(text.getBytes(StandardCharsets.ISO_8859_1));

    assertEquals(List.of("/x"), paths(read.first()));
    assertEquals(List.of(new Range(8192, 4096)), ranges(read.first(), "/x"));
    assertEquals(List.of(), read.later());
    assertTrue(MappedFiles.ofText(new byte[0]).isEmpty());
    assertTrue(
        MappedFiles.ofText("snapfs mapped files 2\n/x\n 0 1\n".getBytes(StandardCharsets.US_ASCII))
            .isEmpty());
  }
}
