package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.read.TestArtifacts;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a short read had decoded comes into the kernel's page cache without being asked for. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KernelPageFeederTest extends MountTestBase {
  private static final int CHUNK = 256 << 10;
  private static final int CHUNKS = 40;
  private static final int PAGE = 4096;
  private static final int HOLE_PIECE = 128 << 10;

  private final byte[] content = new byte[CHUNKS * CHUNK + 100];
  private ChunkCache cache;

  @Override
  Transport transport() {
    return Transports.named("kernel");
  }

  private CountingView view() throws IOException {
    return view(-1);
  }

  /** With a hole in place of one chunk, if it isn't negative. */
  private CountingView view(int hole) throws IOException {
    new Random(3).nextBytes(content);
    if (hole >= 0) {
      Arrays.fill(content, hole * CHUNK, (hole + 1) * CHUNK, (byte) 0);
    }
    Path directory = temp.resolve("store");
    Store store = closeLater(Store.openOrCreate(directory));
    new TestArtifacts("fixed:256K", CodecPolicy.LZ4)
        .file("f", content)
        .publish(store.blobs(), ArtifactRef.parse("a:1"));
    cache = closeLater(new ChunkCache(2 << 20, 2));
    return new CountingView(closeLater(new StoreTree(store, cache)));
  }

  @Test
  void oneReadOfAPageBringsTheWholeChunk() throws Exception {
    CountingView view = view();
    Path mountpoint = newMountpoint();
    mount(view, mountpoint);
    try (FileChannel file = FileChannel.open(mountpoint.resolve("a/1/f"))) {
      for (int chunk = CHUNKS - 2; chunk > 0; chunk -= 3) {
        long from = (long) chunk * CHUNK;
        assertPage(file, from + 9 * PAGE);
        awaitLoaded(file, from, CHUNK);
        view.takeReads();
        for (int page = 0; page < CHUNK / PAGE; page++) {
          assertPage(file, from + (long) page * PAGE);
        }
        assertEquals(0, view.takeReads(), "reads that the kernel could have answered");
      }
    }
  }

  @Test
  void whatFollowsComesAsWellWhileNobodyReads() throws Exception {
    Path mountpoint = newMountpoint();
    mount(view(), mountpoint);
    try (FileChannel file = FileChannel.open(mountpoint.resolve("a/1/f"))) {
      assertPage(file, 9L * CHUNK + PAGE);
      awaitLoaded(file, 9L * CHUNK, 4 * CHUNK);
      for (int page = 0; page < 4 * CHUNK / PAGE; page++) {
        assertPage(file, 9L * CHUNK + (long) page * PAGE);
      }
      assertFalse(isLoaded(file, 15L * CHUNK, CHUNK), "too far away");
    }
  }

  @Test
  void oneReadInAHoleBringsMoreOfIt() throws Exception {
    CountingView view = view(30);
    Path mountpoint = newMountpoint();
    mount(view, mountpoint);
    try (FileChannel file = FileChannel.open(mountpoint.resolve("a/1/f"))) {
      long from = 30L * CHUNK;
      assertPage(file, from + 5 * PAGE);
      awaitLoaded(file, from, HOLE_PIECE);
      view.takeReads();
      for (int page = 0; page < HOLE_PIECE / PAGE; page++) {
        assertPage(file, from + (long) page * PAGE);
      }
      assertEquals(0, view.takeReads(), "reads that the kernel could have answered");
    }
  }

  @Test
  void aReaderPastThePageCacheBringsNothingThereAndFindsTheChunkDecoded() throws Exception {
    Path mountpoint = newMountpoint();
    mount(view(), mountpoint);
    Path path = mountpoint.resolve("a/1/f");
    long chunk = 7L * CHUNK;
    try (Fd direct = Open.at(Fd.CWD, Names.of(path.toString()), Open.O_RDONLY | Open.O_DIRECT);
        FileChannel file = FileChannel.open(path)) {
      for (int page = 40; page > 0; page -= 2) {
        assertDirectPage(direct, chunk + (long) page * PAGE);
      }
      assertEquals(1, cache.stats().decodes());
      assertPage(file, 20L * CHUNK + PAGE);
      awaitLoaded(file, 20L * CHUNK, CHUNK); // fed in turn: nothing from before is on its way now
      for (int page = 0; page < CHUNK / PAGE; page++) {
        assertFalse(isLoaded(file, chunk + (long) page * PAGE, PAGE), "page " + page);
      }
    }
  }

  @Test
  void manyShortReadsAtOnceAreAnsweredRightAndNobodyWaitsForEver() throws Exception {
    Path mountpoint = newMountpoint();
    mount(view(), mountpoint);
    Thread[] readers = new Thread[8];
    Throwable[] failures = new Throwable[readers.length];
    for (int i = 0; i < readers.length; i++) {
      int number = i;
      readers[i] =
          new Thread(
              () -> {
                try (FileChannel file = FileChannel.open(mountpoint.resolve("a/1/f"))) {
                  Random random = new Random(number);
                  for (int read = 0; read < 2000; read++) {
                    assertPage(file, (long) random.nextInt(content.length / PAGE) * PAGE);
                  }
                } catch (IOException | RuntimeException | Error e) {
                  failures[number] = e;
                }
              });
      readers[i].start();
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertArrayEquals(new Throwable[readers.length], failures);
  }

  private static boolean isLoaded(FileChannel file, long from, int length) throws IOException {
    return file.map(FileChannel.MapMode.READ_ONLY, from, length).isLoaded();
  }

  private static void awaitLoaded(FileChannel file, long from, int length) throws IOException {
    MappedByteBuffer mapped = file.map(FileChannel.MapMode.READ_ONLY, from, length);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!mapped.isLoaded()) {
      assertTrue(System.nanoTime() < deadline, "the chunk is not in the page cache");
      Thread.onSpinWait();
    }
  }

  private void assertDirectPage(Fd file, long offset) throws IOException {
    ByteBuffer page = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).limit(PAGE);
    FileIo.preadFully(file, page, offset);
    int from = (int) offset;
    assertEquals(ByteBuffer.wrap(content, from, PAGE), page.flip());
  }

  private void assertPage(FileChannel file, long offset) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE);
    assertEquals(PAGE, file.read(page, offset));
    int from = (int) offset;
    assertArrayEquals(Arrays.copyOfRange(content, from, from + PAGE), page.array());
  }
}
