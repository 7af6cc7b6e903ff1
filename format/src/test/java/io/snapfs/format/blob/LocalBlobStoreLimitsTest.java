package io.snapfs.format.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.BlobWriter.IfExists;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk and a read-only one, played by a small tmpfs. Needs the right to mount. */
class LocalBlobStoreLimitsTest {
  private static final int SIZE = 2 << 20;

  @TempDir private Path directory;
  private SmallDisk disk;
  private LocalBlobStore store;

  @BeforeEach
  void mountSmallDisk() throws Exception {
    disk = new SmallDisk(directory, SIZE);
    store = new LocalBlobStore(directory);
  }

  @AfterEach
  void unmount() throws Exception {
    if (store != null) {
      store.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void aFullDiskChangesNothingAndSaysWhatToDo() throws IOException {
    publish("kept", 1000);
    try (WriteSession session = store.beginWrite()) {
      BlobWriter writer = session.create("packs/ab/x.pack");
      SnapfsException e = assertThrows(SnapfsException.class, () -> fill(writer));
      assertTrue(e.getMessage().contains("no space left"), e.getMessage());
      assertTrue(e.getMessage().contains("snapfs gc"), e.getMessage());
      assertTrue(e.getMessage().contains(directory + "/packs/ab/x.pack"), e.getMessage());
      assertThrows(IllegalStateException.class, () -> writer.publish(IfExists.FAIL));
      writer.close();
      BlobWriter next = session.create("y"); // the space is free again
      next.write(ByteBuffer.allocate(SIZE / 2));
      next.publish(IfExists.FAIL);
      next.close();
    }
    assertFalse(store.exists("packs/ab/x.pack"));
    assertArrayEquals(new byte[1000], Files.readAllBytes(directory.resolve("kept")));
    assertEquals(SIZE / 2, Files.size(directory.resolve("y")));
  }

  @Test
  void aSessionOnAFullDiskSaysWhatToDo() throws Exception {
    Files.write(directory.resolve("ballast"), new byte[SIZE / 4]);
    disk.remount("nr_inodes=4");
    SnapfsException e = assertThrows(SnapfsException.class, () -> store.beginWrite());
    assertTrue(e.getMessage().contains("no space left"), e.getMessage());
  }

  @Test
  void aReadOnlyDiskCanBeReadAndSaysWhyItIsNotWritten() throws Exception {
    publish("packs/ab/x.pack", 1000);
    disk.remount("ro");
    try (BlobReader reader = store.open("packs/ab/x.pack")) {
      reader.readFully(0, ByteBuffer.allocateDirect(1000));
      assertEquals(1000, reader.map().remaining());
    }
    store.list("packs/", info -> assertEquals("packs/ab/x.pack", info.key()));
    assertReadOnly(assertThrows(SnapfsException.class, () -> store.beginWrite()));
    assertReadOnly(assertThrows(SnapfsException.class, () -> store.lockForSweep()));
    assertReadOnly(assertThrows(SnapfsException.class, () -> store.tryLockForGc()));
  }

  private void assertReadOnly(SnapfsException e) {
    assertTrue(e.getMessage().contains("read-only"), e.getMessage());
    assertTrue(e.getMessage().contains(directory.toString()), e.getMessage());
  }

  private static void fill(BlobWriter writer) throws IOException {
    for (int written = 0; written <= SIZE; written += 64 << 10) {
      writer.write(ByteBuffer.allocate(64 << 10));
    }
    writer.publish(IfExists.FAIL);
  }

  private void publish(String key, int length) throws IOException {
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create(key)) {
      writer.write(ByteBuffer.allocate(length));
      writer.publish(IfExists.FAIL);
    }
  }
}
