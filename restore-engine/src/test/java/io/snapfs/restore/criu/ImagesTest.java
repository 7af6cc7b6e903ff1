package io.snapfs.restore.criu;

import static io.snapfs.restore.criu.SampleImages.LAZY_FLAGS;
import static io.snapfs.restore.criu.SampleImages.PAGE;
import static io.snapfs.restore.criu.SampleImages.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.restore.criu.PageLocations.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Images that are right, and every way in which they can be wrong. */
class ImagesTest {
  private static final int PAGEMAP = 0x56084025;
  private static final int PRESENT = 4;
  private static final int LAZY_PRESENT = 6;
  private static final int PARENT = 1;
  private static final int LAZY = 2;

  @TempDir Path directory;
  private final SampleImages images = new SampleImages();

  private PageLocations locations() throws IOException {
    return PageLocations.read(images.write(directory), 7, PAGE);
  }

  private static CorruptException assertDamaged(String word, Executable call) {
    CorruptException e = assertThrows(CorruptException.class, call);
    assertTrue(e.getMessage().contains(word), e.getMessage());
    return e;
  }

  private SampleImages pages(int id, int count) {
    return images.file("pages-" + id + ".img", new byte[count * PAGE]);
  }

  @Test
  void inventoryAndTree() throws IOException {
    ImageFolder folder = images.tree(7, 9, 12).write(directory);
    assertEquals(2, Inventory.read(folder).imageVersion());
    ProcessTree tree = ProcessTree.read(folder);
    assertEquals(3, tree.processes().size());
    assertEquals(new ProcessTree.Entry(7, 0, 7, 7, 2), tree.root());
    assertEquals(new ProcessTree.Entry(12, 9, 7, 7, 2), tree.processes().get(2));
  }

  @Test
  void whichMappingsAreLazy() throws IOException {
    images.memory(
        7, 0x1000, 0x3000, 0x22, 0x3000, 0x4000, 0x02, 0x4000, 0x5000, 0x2022, 0x5000, 0x6000,
        0x40022, 0x6000, 0x7000, 0x21, 0x8000, 0x9000, 0x20122);
    MemoryMap map = MemoryMap.read(images.write(directory), 7);
    List<Boolean> lazy = map.areas().stream().map(MemoryMap.Area::isLazy).toList();
    assertEquals(List.of(true, false, false, false, false, true), lazy);
    assertFalse(new MemoryMap.Area(0, 1, 3, LAZY_FLAGS, 8).isLazy(), "the vDSO");
    assertEquals(new MemoryMap.Area(0x1000, 0x3000, 3, 0x22, 513), map.areas().get(0));
  }

  @Test
  void presentPagesFollowEachOtherInThePagesFile() throws IOException {
    pages(3, 10).pagemap(7, 3, 0x10000, 2, LAZY_PRESENT, 0x20000, 5, PRESENT, 0x25000, 1, PRESENT);
    List<Run> runs = locations().runs();
    PagesFile file = runs.get(0).file();
    assertEquals(10 * PAGE, file.size());
    assertEquals(
        List.of(
            new Run(0x10000, 2 * PAGE, file, 0),
            new Run(0x20000, 5 * PAGE, file, 2 * PAGE),
            new Run(0x25000, PAGE, file, 7 * PAGE)),
        runs);
    assertEquals(
        List.of(new Run(0x24000, PAGE, file, 6 * PAGE), new Run(0x25000, PAGE, file, 7 * PAGE)),
        locations().within(0x24000, 0x30000));
    assertEquals(
        List.of(new Run(0x11000, PAGE, file, PAGE), new Run(0x20000, PAGE, file, 2 * PAGE)),
        locations().within(0x11000, 0x21000));
    assertEquals(List.of(), locations().within(0x12000, 0x20000));
  }

  @Test
  void allWaysToSayHowManyAndWhere() throws IOException {
    pages(1, 9)
        .image(
            "pagemap-7.img",
            PAGEMAP,
            message().field(1, 1),
            message().field(1, 0x1000).field(2, 1), // oldest: no flags
            message().field(1, 0x2000).field(2, 1).field(3, 0),
            message().field(1, 0x3000).field(2, 99).field(4, PRESENT).field(5, 3), // both counts
            message().field(5, 4).field(4, LAZY_PRESENT).field(2, 88).field(1, 0x8000));
    List<Run> runs = locations().runs();
    List<Long> lengths = runs.stream().map(run -> run.length() / PAGE).toList();
    assertEquals(List.of(1L, 1L, 3L, 4L), lengths);
    assertEquals(9 * PAGE, locations().bytes());
  }

  @Test
  void pagesOfAParentAreFoundThroughTheChain() throws IOException {
    Path first = Files.createDirectory(directory.resolve("1"));
    Path second = Files.createDirectory(directory.resolve("2"));
    Path third = Files.createDirectory(directory.resolve("3"));
    Files.createSymbolicLink(second.resolve("parent"), Path.of("../1"));
    Files.createSymbolicLink(third.resolve("parent"), Path.of("../2"));
    new SampleImages()
        .file("pages-1.img", new byte[8 * PAGE])
        .pagemap(7, 1, 0x1000, 8, PRESENT)
        .write(first);
    new SampleImages()
        .file("pages-1.img", new byte[2 * PAGE])
        .pagemap(7, 1, 0x1000, 2, PARENT, 0x3000, 2, PRESENT, 0x5000, 4, PARENT)
        .write(second);
    new SampleImages()
        .file("pages-1.img", new byte[PAGE])
        .image(
            "pagemap-7.img",
            PAGEMAP,
            message().field(1, 1),
            message().field(1, 0x2000).field(2, 4).field(3, 1), // as old dumps say it
            message().field(1, 0x7000).field(2, 1).field(4, PRESENT))
        .write(third);
    List<Run> runs = PageLocations.read(new DirectoryFolder(third), 7, PAGE).runs();
    String files =
        String.join(
            " ",
            runs.stream()
                .map(
                    run ->
                        Path.of(run.file().description()).getParent().getFileName()
                            + ":"
                            + Long.toHexString(run.address())
                            + "@"
                            + run.offset() / PAGE
                            + "+"
                            + run.length() / PAGE)
                .toList());
    assertEquals("1:2000@1+1 2:3000@0+2 1:5000@4+1 3:7000@0+1", files);
  }

  @Test
  void aParentThatLacksAPageIsAnError() throws IOException {
    Path parent = Files.createDirectory(directory.resolve("before"));
    Files.createSymbolicLink(directory.resolve("parent"), Path.of("before"));
    new SampleImages()
        .file("pages-1.img", new byte[2 * PAGE])
        .pagemap(7, 1, 0x1000, 1, PRESENT, 0x3000, 1, PRESENT)
        .write(parent);
    images.pagemap(7, 1, 0x1000, 3, PARENT);
    assertDamaged("takes page 2000 from its parent", this::locations);
  }

  @Test
  void aChainWithoutEndIsAnError() throws IOException {
    Files.createSymbolicLink(directory.resolve("parent"), Path.of("."));
    images.pagemap(7, 1, 0x1000, 3, PARENT);
    assertDamaged("dumps are in a chain", this::locations);
  }

  @Test
  void noParentIsSaid() {
    images.pagemap(7, 1, 0x1000, 3, PARENT);
    MissingException e = assertThrows(MissingException.class, this::locations);
    assertTrue(e.getMessage().contains("parent"), e.getMessage());
  }

  @Test
  void aPagesFileThatEndsEarlyIsAnError() {
    pages(1, 2).pagemap(7, 1, 0x1000, 1, PRESENT, 0x4000, 2, PRESENT);
    assertDamaged("it has 8192 bytes", this::locations);
    images.pagemap(7, 1, 0x1000, 1L << 50, PRESENT);
    assertDamaged("it has 8192 bytes", this::locations);
  }

  @Test
  void sharedMemoryThatEndsEarlyIsAnError() throws IOException {
    images.image(
        "pagemap-shmem-29503.img",
        PAGEMAP,
        SampleImages.message().field(1, 2),
        SampleImages.message().field(1, 0).field(2, 3).field(4, PRESENT));
    pages(2, 3);
    SharedMemory.check(images.write(directory), PAGE);
    pages(2, 2);
    assertDamaged("wants 12288", () -> SharedMemory.check(images.write(directory), PAGE));
  }

  @Test
  void runsThatCannotBeAreErrors() {
    pages(1, 9);
    for (long[] runs :
        new long[][] {
          {0x5000, 1, 4, 0x1000, 1, 4}, // not sorted
          {0x1000, 2, 4, 0x2000, 1, 4}, // overlapping
          {0x1001, 1, 4}, // not a page
          {0x1000, 0, 4}, // nothing
          {0x1000, -1, 4}, // wraps around
          {0x1000, 1L << 52, 4},
          {-0x1000, 1, 4}, // the kernel's half
          {Long.MAX_VALUE - 0xfff, 2, 4},
        }) {
      images.pagemap(7, 1, runs);
      CorruptException e = assertDamaged("a run of", this::locations);
      assertTrue(e.getMessage().contains("pagemap-7.img"), e.getMessage());
    }
  }

  @Test
  void pagesThatAreNowhereAreErrors() {
    pages(1, 9);
    images.pagemap(7, 1, 0x1000, 1, 0);
    assertDamaged("are nowhere", this::locations);
    images.pagemap(7, 1, 0x1000, 1, LAZY);
    assertDamaged("--lazy-pages", this::locations);
    images.pagemap(7, 1, 0x1000, 1, PARENT | PRESENT);
    assertDamaged("both here and in the parent", this::locations);
  }

  @Test
  void mappingsThatCannotBeAreErrors() throws IOException {
    for (long[] areas :
        new long[][] {
          {0x1000, 0x1000, 0x22},
          {0x2000, 0x1000, 0x22},
          {0x1000, 0x3000, 0x22, 0x2000, 0x4000, 0x22},
          {0x5000, 0x6000, 0x22, 0x1000, 0x2000, 0x22},
        }) {
      ImageFolder folder = images.memory(7, areas).write(directory);
      assertDamaged("mapping", () -> MemoryMap.read(folder, 7));
    }
  }

  @Test
  void processesThatCannotBeAreErrors() throws IOException {
    for (int[] pids : new int[][] {{}, {7, 9, 7}, {0}, {-7}}) {
      ImageFolder folder = images.tree(pids).write(directory);
      assertDamaged("process", () -> ProcessTree.read(folder));
    }
  }

  @Test
  void filesThatAreNoImagesAreErrors() throws IOException {
    for (byte[] content : new byte[][] {{}, {1, 2, 3}, new byte[64]}) {
      ImageFolder folder =
          images.file(ProcessTree.FILE, content).file(Inventory.FILE, content).write(directory);
      assertDamaged("", () -> ProcessTree.read(folder));
      assertDamaged("", () -> Inventory.read(folder));
    }
    ImageFolder folder = images.image(ProcessTree.FILE, PAGEMAP, message()).write(directory);
    assertDamaged("magic number is 56084025, expected 50273030", () -> ProcessTree.read(folder));
  }

  @Test
  void anImageMayBeCutAnywhere() throws IOException {
    ImageFolder whole =
        pages(1, 6).pagemap(7, 1, 0x1000, 5, PRESENT, 0x9000, 1, 6).write(directory);
    byte[] bytes = new byte[whole.read("pagemap-7.img").remaining()];
    whole.read("pagemap-7.img").get(bytes);
    int wholeImages = 0;
    for (int length = 0; length < bytes.length; length++) {
      images.file("pagemap-7.img", Arrays.copyOf(bytes, length));
      try {
        assertTrue(locations().runs().size() < 2);
        wholeImages++;
      } catch (CorruptException e) {
        assertTrue(e.getMessage().contains("pagemap-7.img"), e.getMessage());
      }
    }
    assertEquals(2, wholeImages, "it may end between two records only");
  }

  @Test
  void messagesThatCannotBeAreErrors() throws IOException {
    byte[] longest = new byte[11];
    Arrays.fill(longest, (byte) 0xff);
    for (SampleImages.Message head :
        List.of(
            message().raw((byte) 0x08), // ends in a field
            message().raw((byte) 0x08).raw(longest), // a number without end
            message().raw((byte) 0x00, (byte) 0x00), // field 0
            message().raw((byte) 0x0b), // a group
            message().raw((byte) 0x12, (byte) 0x05, (byte) 0x00), // longer than there is
            message().field(1, 1L << 40), // no 32 bits
            message().field(1, message()))) { // bytes for a number
      ImageFolder folder = images.image("pagemap-7.img", PAGEMAP, head).write(directory);
      assertDamaged("pagemap-7.img", () -> Pagemap.read(folder, 7, PAGE));
    }
    // What isn't known is skipped, whatever its type.
    ImageFolder folder =
        images
            .image(
                "pagemap-7.img",
                PAGEMAP,
                message()
                    .field(9, message().field(1, 5))
                    .raw((byte) 0x55, (byte) 1, (byte) 2, (byte) 3, (byte) 4)
                    .raw((byte) 0x59, (byte) 1, (byte) 2, (byte) 3, (byte) 4)
                    .raw((byte) 5, (byte) 6, (byte) 7, (byte) 8)
                    .field(1, 3))
            .write(directory);
    assertEquals(3, Pagemap.read(folder, 7, PAGE).pagesId());
  }
}
