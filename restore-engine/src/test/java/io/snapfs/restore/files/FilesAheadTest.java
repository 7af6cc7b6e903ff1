package io.snapfs.restore.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.PageCache;
import io.snapfs.linux.Processes;
import io.snapfs.restore.files.MappedFiles.Part;
import io.snapfs.restore.files.MappedFiles.Range;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real mapping has in memory is found, and read ahead. */
class FilesAheadTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path temp;

  private final AtomicInteger asked = new AtomicInteger();

  private static List<Range> ranges(List<Part> parts, Path file) {
    return parts.stream()
        .filter(part -> part.path().equals(file.toString()))
        .flatMap(part -> part.ranges().stream())
        .toList();
  }

  @Test
  void touchedPagesOfAMappedFileAreFound() throws IOException {
    Path file = file("mapped");
    try (FileChannel channel = FileChannel.open(file)) {
      MappedByteBuffer mapped = channel.map(MapMode.READ_ONLY, MIB, 3 * MIB);
      int sum = mapped.get(0) + mapped.get((int) (2 * MIB));

      MappedFiles files = ResidentPages.of(List.of(Processes.pid()));
      List<Range> found = ranges(files.later(), file);

      assertEquals(0, sum);
      assertTrue(holds(found, MIB), found::toString);
      assertTrue(holds(found, 3 * MIB), found::toString);
      assertFalse(holds(found, 0), "what is not mapped: " + found);
      assertFalse(holds(found, 2 * MIB), "what was not touched: " + found);
      assertEquals(List.of(new Range(0, 4096)), ranges(files.first(), file), "where a build id is");
      assertEquals(mapped.get(0), mapped.get(1)); // mapped until here
    }
  }

  @Test
  void pagesThatWereChangedAreNeededFirst() throws IOException {
    Path file = file("changed");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(MapMode.PRIVATE, MIB, 3 * MIB);
      mapped.put((int) MIB, (byte) 1);
      int read = mapped.get((int) (2 * MIB));

      MappedFiles files = ResidentPages.of(List.of(Processes.pid()));

      assertEquals(
          List.of(new Range(0, 4096), new Range(2 * MIB, 4096)), ranges(files.first(), file));
      assertTrue(holds(ranges(files.later(), file), 3 * MIB));
      assertFalse(holds(ranges(files.later(), file), 2 * MIB));
      assertEquals(read, mapped.get((int) (2 * MIB))); // mapped until here
    }
  }

  @Test
  void whatIsNeededLaterIsReadTooUnlessAllElseWasThere() throws Exception {
    Path file = file("later");
    MappedFiles files = new MappedFiles();
    files.add(file.toString(), 0, 4096);
    files.addLater(file.toString(), MIB, MIB);
    try (Fd fd = Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDWR)) {
      assumeTrue(PageCache.holds(fd, 0, 4096), "this kernel can't tell");
      assertEquals(4096, asked(files));
      FileSync.fsync(fd);
      FileSync.advise(fd, 0, 0, FileSync.POSIX_FADV_DONTNEED);
      assumeFalse(PageCache.holds(fd, 0, 4096), "it can't be emptied here, or not be looked at");
      assertEquals(MIB + 4096, asked(files));
      assertTrue(PageCache.holds(fd, MIB, MIB), "it waits for what it asks for");
    }
  }

  private long asked(MappedFiles files) throws Exception {
    FilesAhead ahead = start(files, Long.MAX_VALUE, new Timeline());
    await(ahead::isDone);
    return ahead.askedBytes();
  }

  @Test
  void theKernelReadsWhatItIsAskedFor() throws Exception {
    Path file = file("cold");
    MappedFiles files = new MappedFiles();
    files.add(temp.resolve("missing").toString(), 0, MIB);
    files.add(file.toString(), MIB, 16 * MIB); // ends behind the file's end
    Timeline timeline = new Timeline();

    FilesAhead ahead = start(files, Long.MAX_VALUE, timeline);
    await(ahead::isDone);
    await(() -> asked.get() == 1);

    assertEquals(16 * MIB, ahead.askedBytes());
    try (FileChannel channel = FileChannel.open(file)) {
      MappedByteBuffer mapped = channel.map(MapMode.READ_ONLY, MIB, 3 * MIB);
      await(mapped::isLoaded);
    }
  }

  /** Whoever packed the artifact could have named a device whose opening does something. */
  @Test
  void onlyRegularFilesAreOpened() throws Exception {
    MappedFiles files = new MappedFiles();
    files.add("/dev/zero", 0, MIB);
    files.add(temp.toString(), 0, MIB);

    FilesAhead ahead = start(files, Long.MAX_VALUE, new Timeline());
    await(ahead::isDone);
    await(() -> asked.get() == 1);

    assertEquals(0, ahead.askedBytes());
  }

  @Test
  void noMoreIsAskedForThanTheMemoryHasRoomFor() throws Exception {
    Path file = file("much");
    MappedFiles files = new MappedFiles();
    files.add(file.toString(), 0, 1L << 40);

    FilesAhead ahead = start(files, 20 * MIB, new Timeline());
    await(ahead::isDone);
    await(() -> asked.get() == 1);

    assertEquals(16 * MIB, ahead.askedBytes(), "two steps, since a third would be too much");
  }

  private FilesAhead start(MappedFiles files, long mostBytes, Timeline timeline) {
    FilesAhead ahead =
        new FilesAhead(files, mostBytes, timeline, "mapped files", asked::incrementAndGet);
    ahead.run();
    return ahead;
  }

  private static boolean holds(List<Range> ranges, long offset) {
    return ranges.stream().anyMatch(r -> r.offset() <= offset && offset < r.offset() + r.length());
  }

  private Path file(String name) throws IOException {
    return Files.write(temp.resolve(name), new byte[(int) (4 * MIB)]);
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "still not");
      Thread.sleep(5);
    }
  }
}
