package io.snapfs.restore.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.restore.files.MappedFiles.Range;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MappedFilesTest {
  private static final long KIB = 1024;

  private final MappedFiles files = new MappedFiles();

  @Test
  void rangesThatOverlapOrAreNearBecomeOne() {
    files.add("/a", 1000 * KIB, 100 * KIB);
    files.add("/a", 0, 4 * KIB);
    files.add("/a", 1050 * KIB, 100 * KIB);
    files.add("/a", 20 * KIB, 4 * KIB); // 16 KiB behind the first

    assertEquals(
        List.of(new Range(0, 24 * KIB), new Range(1000 * KIB, 150 * KIB)), files.ranges("/a"));
    files.add("/a", 10 * KIB, 980 * KIB);
    assertEquals(List.of(new Range(0, 1150 * KIB)), files.ranges("/a"));
    assertEquals(1150 * KIB, files.bytes());
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
      assertEquals(forward.ranges("/f"), backward.ranges("/f"));
      for (long[] one : added) {
        long inside =
            forward.ranges("/f").stream()
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

    assertEquals(List.of("/b", odd), again.paths());
    assertEquals(files.ranges("/b"), again.ranges("/b"));
    assertEquals(files.ranges(odd), again.ranges(odd));
  }

  @Test
  void whatIsNotUnderstoodIsLeftOut() {
    String text =
        "snapfs mapped files 1\n 1 2\nrelative\n/x\n -1 5\n 5 0\n a b\n 9223372036854775807 9\n"
            + " 1 2 3\n4096 4096\n 8192 4096\n/y\n 0 40";
    MappedFiles read = MappedFiles.ofText(text.getBytes(StandardCharsets.ISO_8859_1));

    assertEquals(List.of("/x"), read.paths());
    assertEquals(List.of(new Range(8192, 4096)), read.ranges("/x"));
    assertEquals(List.of(), MappedFiles.ofText(new byte[0]).paths());
    assertEquals(
        List.of(),
        MappedFiles.ofText("snapfs mapped files 2\n/x\n 0 1\n".getBytes(StandardCharsets.US_ASCII))
            .paths());
  }
}
