package io.snapfs.format.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter.IfExists;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Without faults the wrapper is a store like any other; with faults it fails as it says. */
class FaultyBlobStoreTest extends BlobStoreConformance {
  @TempDir private Path directory;
  private LocalBlobStore local;
  private FaultyBlobStore faulty;

  @Override
  protected BlobStore newStore() throws IOException {
    local = new LocalBlobStore(directory);
    faulty = new FaultyBlobStore(local, 1);
    return faulty;
  }

  @AfterEach
  void closeUnderneath() {
    local.close();
  }

  @Test
  void everythingFailsWhenTold() throws IOException {
    publish("x", new byte[10]);
    try (BlobReader reader = faulty.open("x");
        WriteSession session = faulty.beginWrite();
        BlobWriter writer = session.create("y");
        SweepLock sweep = faulty.lockForSweep()) {
      faulty.setFaultShare(1);
      assertInjected(() -> reader.readFully(0, ByteBuffer.allocateDirect(10)));
      assertInjected(reader::map);
      assertInjected(() -> writer.write(ByteBuffer.allocate(10)));
      assertInjected(() -> writer.publish(IfExists.FAIL));
      assertInjected(() -> sweep.delete("x"));
      assertInjected(() -> sweep.pinned(null));
      assertInjected(() -> faulty.exists("x"));
      assertInjected(() -> faulty.list("packs/", info -> {}));
      assertInjected(faulty::beginWrite);
    }
    assertEquals(9, faulty.injected());
    faulty.checkAllClosed();
  }

  @Test
  void theSameSeedFailsAtTheSamePlaces() throws IOException {
    assertEquals(pattern(5), pattern(5));
    assertFalse(pattern(5).equals(pattern(6)));
  }

  private String pattern(long seed) {
    FaultyBlobStore store = new FaultyBlobStore(local, seed);
    store.setFaultShare(0.5);
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      try {
        store.exists("x");
        pattern.append('.');
      } catch (IOException e) {
        pattern.append('!');
      }
    }
    return pattern.toString();
  }

  @Test
  void aCrashLeavesADeadSessionBehind() throws IOException {
    WriteSession session = faulty.beginWrite();
    BlobWriter writer = session.create("x");
    writer.write(ByteBuffer.allocate(100));
    session.pinOwn(new PackId(1, 2));
    faulty.crash();
    assertInjected(() -> writer.publish(IfExists.FAIL));
    writer.close();
    session.close();
    assertTrue(session.scratch().toFile().exists());
    try (SweepLock sweep = local.lockForSweep()) {
      assertEquals(Set.of(), sweep.pinned(null));
      sweep.cleanDeadSessions();
    }
    assertFalse(session.scratch().toFile().exists());
    assertFalse(local.exists("x"));
  }

  @Test
  void whatIsNotClosedIsNamed() throws IOException {
    publish("x", new byte[1]);
    try (BlobReader reader = faulty.open("x")) {
      assertEquals(1, reader.length());
      AssertionError e = assertThrows(AssertionError.class, faulty::checkAllClosed);
      assertTrue(e.getMessage().contains(faulty.describe("x")), e.getMessage());
    }
    faulty.checkAllClosed();
  }

  private static void assertInjected(Executable operation) {
    assertTrue(InjectedException.isCauseOf(assertThrows(IOException.class, operation)));
  }
}
