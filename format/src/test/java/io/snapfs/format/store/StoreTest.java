package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.LocalBlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir private Path directory;

  @Test
  void createsAndOpensAgain() throws IOException {
    Path path = directory.resolve("a/b/store");
    UUID id;
    try (Store created = Store.openOrCreate(path)) {
      id = created.id();
      assertEquals(path.toString(), created.location());
      assertEquals(List.of(), created.artifacts());
    }
    try (Store opened = Store.open(path);
        Store again = Store.openOrCreate(path)) {
      assertEquals(id, opened.id());
      assertEquals(id, again.id());
    }
  }

  @Test
  void allCreatorsOpenTheSameStore() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        Path path = directory.resolve("store" + round);
        Callable<UUID> create =
            () -> {
              try (Store store = Store.openOrCreate(path)) {
                return store.id();
              }
            };
        List<Callable<UUID>> creators = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          creators.add(create);
        }
        Set<UUID> ids = new HashSet<>();
        for (Future<UUID> future : threads.invokeAll(creators)) {
          ids.add(future.get());
        }
        assertEquals(1, ids.size());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noStoreIsMissing() throws IOException {
    assertMissing(directory.resolve("nothing"), "there is no such directory");
    Path file = Files.createFile(directory.resolve("file"));
    assertMissing(file, "not a directory");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertMissing(empty, "empty");
  }

  @Test
  void whatHoldsOtherThingsIsNotTouched() throws IOException {
    Files.writeString(directory.resolve("my\nfile"), "precious");
    assertMissing(directory, "is not a snapfs store");
    MissingException e = assertThrows(MissingException.class, () -> Store.openOrCreate(directory));
    assertTrue(e.getMessage().contains("my?file"), e.getMessage());
    assertEquals(List.of("my\nfile"), names());
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    SnapfsException e =
        assertThrows(SnapfsException.class, () -> Store.openOrCreate(file.resolve("store")));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void aKilledCreationIsCompleted() throws IOException {
    try (LocalBlobStore blobs = new LocalBlobStore(directory)) {
      blobs.beginWrite().close();
    }
    Files.createDirectories(directory.resolve("tmp/" + UUID.randomUUID()));
    Files.createDirectories(directory.resolve("lost+found"));
    try (Store store = Store.openOrCreate(directory)) {
      assertEquals(4, store.id().version());
    }
  }

  @Test
  void aLostDescriptorIsDamage() throws IOException {
    Store.openOrCreate(directory).close();
    Files.createDirectory(directory.resolve("packs"));
    Files.delete(directory.resolve("snapfs.store"));
    CorruptException e = assertThrows(CorruptException.class, () -> Store.open(directory));
    assertTrue(e.getMessage().contains("snapfs.store"), e.getMessage());
    assertThrows(CorruptException.class, () -> Store.openOrCreate(directory));
  }

  @Test
  void aCutDescriptorIsDamage() throws IOException {
    Store.openOrCreate(directory).close();
    Path file = directory.resolve("snapfs.store");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(CorruptException.class, () -> Store.open(directory), "length " + length);
    }
    Files.write(file, Arrays.copyOf(whole, 65));
    assertThrows(CorruptException.class, () -> Store.openOrCreate(directory));
  }

  @Test
  void listsArtifactsAndNothingElse() throws IOException {
    try (Store store = Store.openOrCreate(directory)) {
      for (String key : List.of("b/x", "a/z", "a/y")) {
        Path manifest = directory.resolve("artifacts/" + key + ".manifest");
        Files.createDirectories(manifest.getParent());
        Files.createFile(manifest);
      }
      Files.createFile(directory.resolve("artifacts/a/README"));
      Files.createFile(directory.resolve("artifacts/a/.hidden.manifest"));
      List<ArtifactRef> expected =
          List.of(new ArtifactRef("a", "y"), new ArtifactRef("a", "z"), new ArtifactRef("b", "x"));
      assertEquals(expected, store.artifacts());
      assertTrue(store.exists(new ArtifactRef("a", "y")));
      assertFalse(store.exists(new ArtifactRef("a", "x")));
      store.remove(new ArtifactRef("a", "y"));
      assertEquals(expected.subList(1, 3), store.artifacts());
    }
  }

  @Test
  void aMissingArtifactIsNamedWithWhatThereIs() throws IOException {
    ArtifactRef wanted = new ArtifactRef("a", "b");
    try (Store store = Store.openOrCreate(directory)) {
      MissingException none = assertThrows(MissingException.class, () -> store.remove(wanted));
      assertTrue(none.getMessage().contains("the store is empty"), none.getMessage());
      Files.createDirectories(directory.resolve("artifacts/x"));
      for (int i = 0; i < 7; i++) {
        Files.createFile(directory.resolve("artifacts/x/" + i + ".manifest"));
      }
      MissingException some = assertThrows(MissingException.class, () -> store.remove(wanted));
      assertTrue(some.getMessage().contains("no artifact a:b in"), some.getMessage());
      assertTrue(some.getMessage().contains("x:0, x:1, x:2, x:3, x:4 and 2 more"));
    }
  }

  private static void assertMissing(Path path, String reason) {
    MissingException e = assertThrows(MissingException.class, () -> Store.open(path));
    assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).toList();
    }
  }
}
