package io.snapfs.restore.pages;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.read.TestArtifacts;
import io.snapfs.format.store.Store;
import io.snapfs.linux.Processes;
import io.snapfs.restore.criu.SampleImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * An artifact of a dump whose processes are all alike, open through a cache. What page {@code i}
 * holds is known to {@code lazy_target.c} too.
 */
final class PageServerFixture implements AutoCloseable {
  static final int PAGE = SampleImages.PAGE;
  static final int PAGES = 4096;
  static final int PID = 4711;
  static final int OTHER_PID = 4712;
  private static final ArtifactRef REF = ArtifactRef.parse("worker");
  private static final long CACHE = 64 << 20;
  private static final int LAZY_PRESENT = 6;

  private final Store store;
  private final ChunkCache cache;
  private final ArtifactReader reader;

  /** Opens the artifact in a directory, and makes it before if need be. */
  PageServerFixture(Path directory) throws IOException {
    assumeTrue(Processes.effectiveUid() == 0, "needs root");
    Path location = directory.resolve("store");
    boolean isNew = Files.notExists(location);
    store = Store.openOrCreate(location);
    if (isNew) {
      images().publish(store.blobs(), REF);
    }
    cache = new ChunkCache(CACHE, 2);
    reader = new ArtifactReader(store.openArtifact(REF), cache);
  }

  private static TestArtifacts images() {
    long start = LazyTarget.BASE;
    long end = start + (long) PAGES * PAGE;
    SampleImages images = new SampleImages().tree(PID, OTHER_PID);
    for (int pid : new int[] {PID, OTHER_PID}) {
      images
          .memory(pid, start - 0x10000, start - 0x8000, 2, start, end, SampleImages.LAZY_FLAGS)
          .pagemap(pid, pid, start - 0x9000, 1, 4, start, PAGES, LAZY_PRESENT)
          .file("pages-" + pid + ".img", pagesOfOneMore());
    }
    return images.addTo(new TestArtifacts("cdc:64K", CodecPolicy.AUTO));
  }

  /** A page that CRIU restores itself, and then what the target expects. */
  private static byte[] pagesOfOneMore() {
    ByteBuffer bytes = ByteBuffer.allocate((PAGES + 1) * PAGE).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(PAGE);
    for (int i = 0; i < PAGES; i++) {
      long id = want(i);
      for (int k = 0; k < PAGE / Long.BYTES; k++) {
        bytes.putLong(id == 0 ? 0 : id * 0x9E3779B97F4A7C15L + k);
      }
    }
    return bytes.array();
  }

  private static long want(int page) {
    if (page % 16 == 5 || page / 64 % 8 == 6) {
      return 0;
    }
    return page / 64 % 4 == 3 ? 1_000_000 + page % 64 : 1 + page;
  }

  ChunkCache cache() {
    return cache;
  }

  ArtifactReader reader() {
    return reader;
  }

  static PageServerOptions options() {
    return PageServerOptions.defaults(CACHE);
  }

  /** Nothing is filled but what is asked for. */
  static PageServerOptions onDemand() {
    PageServerOptions options = options();
    return new PageServerOptions(1, 0, options.rank(), options.recorder());
  }

  PageServer serve(PageServerOptions options, Path... workDirs) throws IOException {
    return PageServer.open(reader, List.of(workDirs), options);
  }

  static Path socket(Path workDir) {
    return workDir.resolve("lazy-pages.socket");
  }

  /** Waits for something. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, "never: " + what);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
    cache.close();
    store.close();
  }
}
