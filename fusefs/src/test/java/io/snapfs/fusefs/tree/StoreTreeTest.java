package io.snapfs.fusefs.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.blob.FaultyBlobStore;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a mount would not show: which packs are held, and what becomes of inode numbers. */
final class StoreTreeTest {
  private static final ArtifactRef REF = ArtifactRef.parse("name:tag");

  @TempDir Path temp;

  private LocalBlobStore local;
  private FaultyBlobStore blobs;
  private Store store;
  private ChunkCache cache;
  private StoreTree tree;

  @BeforeEach
  void open() throws IOException {
    Store.openOrCreate(temp.resolve("store")).close();
    local = new LocalBlobStore(temp.resolve("store"));
    blobs = new FaultyBlobStore(local, 1);
    store = Store.of(blobs);
    cache = new ChunkCache(1 << 20, 1);
    tree = new StoreTree(store, cache);
  }

  @AfterEach
  void close() throws IOException {
    tree.close();
    cache.close();
    store.close();
    blobs.checkAllClosed();
    local.close();
  }

  private void pack(String content) throws IOException {
    Path source = Files.createTempDirectory(temp, "source");
    Files.writeString(source.resolve("file"), content);
    new Packer(store, PackOptions.defaults()).pack(source, REF);
  }

  private long lookup(long parent, String name) throws ErrnoException {
    return tree.lookup(parent, Names.of(name)).attributes().ino();
  }

  private long file() throws ErrnoException {
    return lookup(lookup(lookup(FileSystemView.ROOT, "name"), "tag"), "file");
  }

  private static void assertErrno(int errno, Executable call) {
    assertEquals(errno, assertThrows(ErrnoException.class, call).errno());
  }

  private boolean holdsPacks() {
    try {
      blobs.checkAllClosed();
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  private void tidy(long idleNanos) throws IOException {
    tree.artifacts().tidy(new Catalog(blobs).current(), idleNanos);
  }

  @Test
  void packsAreHeldWhileSomethingIsOpenAndAWhileLonger() throws Exception {
    pack("content");
    long file = file();
    assertFalse(holdsPacks());
    FileHandle handle = tree.open(file);
    tidy(0);
    assertTrue(holdsPacks());
    handle.close();
    tidy(Long.MAX_VALUE);
    assertTrue(holdsPacks());
    tidy(0);
    assertFalse(holdsPacks());
    tree.open(file).close();
  }

  @Test
  void packsOfARemovedArtifactAreClosedWithItsLastHandle() throws Exception {
    pack("content");
    long file = file();
    FileHandle handle = tree.open(file);
    store.remove(REF);
    tidy(Long.MAX_VALUE);
    FileHandle second = tree.open(file);
    handle.close();
    assertTrue(holdsPacks());
    second.close();
    assertFalse(holdsPacks());
    tidy(Long.MAX_VALUE);
    assertErrno(Errno.ESTALE, () -> tree.open(file));
    assertErrno(Errno.ESTALE, () -> tree.getattr(file));
  }

  /** The janitor looks first and tidies afterwards. */
  @Test
  void whatWasPublishedAfterTheListingStays() throws Exception {
    Listing before = new Catalog(blobs).current();
    pack("content");
    long file = file();
    assertEquals(List.of(), tree.artifacts().tidy(before, Long.MAX_VALUE));
    tree.open(file).close();
    store.remove(REF);
    assertEquals(List.of(REF), tree.artifacts().tidy(new Catalog(blobs).current(), 0));
    assertErrno(Errno.ESTALE, () -> tree.getattr(file));
  }

  @Test
  void whatCanNotBeOpenedForMaterialisingHoldsNothing() throws Exception {
    pack("content");
    FileHandle handle = tree.open(file());
    Artifact artifact = tree.artifacts().open(REF, new Catalog(blobs).current());
    artifact.moved(artifact.manifest());
    store.remove(REF);
    ArtifactSource source =
        new ArtifactSource(artifact, artifact.manifest(), artifact.manifest().node(1));
    assertThrows(MissingException.class, source::open);
    assertFalse(artifact.isUnusedAfterGoing(), "a file is open");
    handle.close();
    assertTrue(artifact.isUnusedAfterGoing());
  }

  @Test
  void filesAreOpenedWhileGcMovesChunks() throws Exception {
    pack("content");
    long file = file();
    Artifact artifact = tree.artifacts().open(REF, new Catalog(blobs).current());
    AtomicBoolean ends = new AtomicBoolean();
    Thread gc =
        new Thread(
            () -> {
              while (!ends.get()) {
                artifact.moved(artifact.manifest());
              }
            });
    gc.start();
    try {
      for (int i = 0; i < 2000; i++) {
        tree.open(file).close();
      }
    } finally {
      ends.set(true);
      gc.join();
    }
  }

  @Test
  void otherContentHasOtherInodes() throws Exception {
    pack("content");
    long first = file();
    FileHandle handle = tree.open(first);
    store.remove(REF);
    pack("CONTENT");
    Artifact other = tree.artifacts().open(REF, new Catalog(blobs).current());
    assertNotEquals(InodeNumbers.generation(first), other.generation());
    tree.open(first).close();
    handle.close();
    tidy(0);
    assertErrno(Errno.ESTALE, () -> tree.open(first));
  }

  @Test
  void theSameContentMayComeBackAsItWas() throws Exception {
    pack("content");
    Catalog catalog = new Catalog(blobs);
    Artifacts artifacts = new Artifacts(store, cache, null, new FailureLog());
    Artifact before = artifacts.open(REF, catalog.current());
    assertSame(before, artifacts.open(REF, new Catalog(blobs).current()));
    store.remove(REF);
    pack("other content");
    assertNotSame(before, artifacts.open(REF, new Catalog(blobs).current()));
    artifacts.close();
  }

  @Test
  void inodesThatNeverWereAreStale() throws Exception {
    pack("content");
    long root = lookup(lookup(FileSystemView.ROOT, "name"), "tag");
    for (long ino : new long[] {0, 77, root + 1000, root + (1L << 40), -1, root - 1}) {
      assertErrno(Errno.ESTALE, () -> tree.getattr(ino));
      assertErrno(Errno.ESTALE, () -> tree.openDirectory(ino));
      assertErrno(Errno.ESTALE, () -> tree.lookup(ino, Names.of("file")));
    }
  }

  @Test
  void kindsAreToldApart() throws Exception {
    pack("content");
    long name = lookup(FileSystemView.ROOT, "name");
    long file = file();
    assertErrno(Errno.EISDIR, () -> tree.open(name));
    assertErrno(Errno.EISDIR, () -> tree.open(lookup(name, "tag")));
    assertErrno(Errno.ENOTDIR, () -> tree.openDirectory(file));
    assertErrno(Errno.ENOTDIR, () -> tree.lookup(file, Names.of("x")));
    assertErrno(Errno.EINVAL, () -> tree.readlink(file));
    assertErrno(Errno.EINVAL, () -> tree.readlink(name));
  }

  @Test
  void seekingFindsDataAndHoles() throws Exception {
    pack("\0".repeat(8192) + "data");
    try (FileHandle handle = tree.open(file())) {
      assertEquals(8192, handle.seekData(0));
      assertEquals(0, handle.seekHole(0));
      assertEquals(8196, handle.seekHole(8192));
      assertErrno(Errno.ENXIO, () -> handle.seekData(8196));
      assertErrno(Errno.ENXIO, () -> handle.seekHole(8196));
      assertErrno(Errno.ENXIO, () -> handle.seekHole(-1));
    }
  }
}
