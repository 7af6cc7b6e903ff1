package io.snapfs.format.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite on a directory, and what only a directory can show. */
class LocalBlobStoreTest extends BlobStoreConformance {
  @TempDir private Path directory;

  @Override
  protected BlobStore newStore() throws IOException {
    return new LocalBlobStore(directory);
  }

  @Test
  void aMissingDirectoryIsMissing() {
    Path missing = directory.resolve("missing");
    MissingException e =
        assertThrows(MissingException.class, () -> new LocalBlobStore(missing).close());
    assertTrue(e.getMessage().contains(missing.toString()), e.getMessage());
  }

  /** Aligned megabytes go past the page cache; what comes between them and after them does not. */
  @Test
  void alignedAndUnalignedWritesCanFollowEachOther() throws IOException {
    byte[] expected = new byte[(3 << 20) + 4097 + 5 + (1 << 20)];
    new Random(7).nextBytes(expected);
    try (WriteSession session = store().beginWrite();
        BlobWriter writer = session.create("packs/ab/x.pack")) {
      int at = 0;
      for (int length : new int[] {1 << 20, 2 << 20, 4097, 5, 1 << 20}) {
        writer.write(PageAligned.allocate(length).put(expected, at, length).flip());
        at += length;
      }
      assertEquals(expected.length, writer.length());
      writer.publish(BlobWriter.IfExists.FAIL);
    }
    assertArrayEquals(expected, Files.readAllBytes(directory.resolve("packs/ab/x.pack")));
  }

  @Test
  void nothingIsLeftBehindBySessions() throws IOException {
    publish("packs/ab/x.pack", new byte[] {1});
    assertEquals(Set.of("packs/ab/x.pack", "lock"), files());
  }

  @Test
  void whatADeadSessionLeftIsRemovedByTheNextWriter() throws IOException {
    Path dead = leaveDeadSession();
    Files.writeString(dead.resolve("session"), "");
    store().beginWrite().close();
    assertFalse(Files.exists(dead));
  }

  @Test
  void aSessionThatDiedBeforeItsLockIsRemovedToo() throws IOException {
    Path dead = leaveDeadSession();
    try (SweepLock sweep = store().lockForSweep()) {
      assertEquals(1000, sweep.deadSessionBytes());
      assertTrue(Files.exists(dead));
      assertEquals(1000, sweep.cleanDeadSessions());
      assertEquals(0, sweep.deadSessionBytes());
    }
    assertFalse(Files.exists(dead));
  }

  @Test
  void pinsOfTheDeadDoNotCount() throws IOException {
    Path dead = leaveDeadSession();
    Files.writeString(dead.resolve("session"), "");
    Files.write(dead.resolve("pins"), new byte[160]);
    try (SweepLock sweep = store().lockForSweep()) {
      assertEquals(Set.of(), sweep.pinned(null));
    }
  }

  @Test
  void aTornPinIsIgnored() throws IOException {
    PackId pack = new PackId(7, 8);
    try (WriteSession session = store().beginWrite()) {
      session.pinOwn(pack);
      Path pins = session.scratch().resolveSibling("pins");
      Files.write(pins, new byte[5], java.nio.file.StandardOpenOption.APPEND);
      try (SweepLock sweep = store().lockForSweep()) {
        assertEquals(Set.of(pack), sweep.pinned(null));
      }
    }
  }

  @Test
  void otherThingsInTmpAreLeftAlone() throws IOException {
    Path other = Files.createDirectories(directory.resolve("tmp/mine"));
    store().beginWrite().close();
    assertTrue(Files.exists(other));
  }

  @Test
  void aNewSessionDoesNotWaitForLiveOnesToBeCleaned() throws IOException {
    try (WriteSession first = store().beginWrite();
        WriteSession second = store().beginWrite()) {
      assertNotNull(first.scratch());
      assertNotNull(second.scratch());
      assertFalse(first.scratch().equals(second.scratch()));
    }
  }

  @Test
  void pinningWaitsForASweep() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (WriteSession session = store().beginWrite()) {
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> pinning;
      try (SweepLock sweep = store().lockForSweep()) {
        pinning =
            thread.submit(
                () -> {
                  begun.countDown();
                  session.pinOwn(new PackId(1, 1));
                  return null;
                });
        begun.await();
        assertThrows(TimeoutException.class, () -> pinning.get(50, TimeUnit.MILLISECONDS));
        assertEquals(Set.of(), sweep.pinned(null));
      }
      pinning.get();
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void truncationUnderAReaderIsDamage() throws IOException {
    publish("x", new byte[10_000]);
    try (BlobReader reader = store().open("x")) {
      Files.write(directory.resolve("x"), new byte[100]);
      CorruptException e =
          assertThrows(
              CorruptException.class, () -> reader.readFully(0, ByteBuffer.allocateDirect(500)));
      assertTrue(e.getMessage().contains("cut short"), e.getMessage());
    }
  }

  @Test
  void whatIsNoRegularFileIsNoBlob() throws Exception {
    assertEquals(
        0, new ProcessBuilder("mkfifo", directory.resolve("fifo").toString()).start().waitFor());
    assertThrows(CorruptException.class, () -> store().open("fifo"));
    Files.createDirectories(directory.resolve("packs/ab/x.pack"));
    assertFalse(store().exists("packs/ab/x.pack"));
  }

  @Test
  void anInterruptedThreadReadsOn() throws IOException {
    publish("x", new byte[] {1, 2, 3});
    Thread.currentThread().interrupt();
    try (BlobReader reader = store().open("x")) {
      ByteBuffer destination = ByteBuffer.allocateDirect(3);
      reader.readFully(0, destination);
      assertEquals(3, reader.map().remaining());
      assertTrue(Thread.interrupted());
      assertEquals(2, destination.get(1));
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void theStoreStaysTheSameDirectoryWhenItIsMoved() throws IOException {
    publish("x", new byte[] {1});
    Path moved = directory.resolveSibling("moved-" + UUID.randomUUID());
    Files.move(directory, moved);
    try {
      assertArrayEquals(new byte[] {1}, content("x"));
    } finally {
      Files.move(moved, directory);
    }
  }

  @Test
  void whatCanNotBeWrittenSaysWhy() throws IOException {
    Files.writeString(directory.resolve("tmp"), "in the way");
    SnapfsException e = assertThrows(SnapfsException.class, () -> store().beginWrite());
    assertTrue(e.getMessage().contains(directory.toString()), e.getMessage());
  }

  private Path leaveDeadSession() throws IOException {
    Path dead = directory.resolve("tmp/" + UUID.randomUUID());
    Files.createDirectories(dead.resolve("scratch"));
    Files.write(dead.resolve("scratch/spill"), new byte[400]);
    Files.write(dead.resolve("0"), new byte[600]);
    return dead;
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> directory.relativize(path).toString())
          .collect(java.util.stream.Collectors.toSet());
    }
  }
}
