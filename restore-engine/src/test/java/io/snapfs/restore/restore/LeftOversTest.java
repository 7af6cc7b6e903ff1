package io.snapfs.restore.restore;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken for left over, and what is not. */
class LeftOversTest {
  @TempDir Path runtime;

  private Path folder(String name) throws IOException {
    Path folder = Files.createDirectories(runtime.resolve(name).resolve("images")).getParent();
    Files.createDirectory(folder.resolve("mnt"));
    Files.writeString(folder.resolve("images/core-1.img"), "image");
    return folder;
  }

  @Test
  void logsAreKeptForAWeek() throws IOException {
    Instant lastWeek = Instant.now().minus(Duration.ofDays(8));
    List<String> logs =
        List.of(
            "restore-1.log", "restore-2.log", "criu-dump-3.log", "criu-dump-4.log", "mount-5.log");
    for (String name : logs) {
      Files.createFile(runtime.resolve(name));
    }
    for (String name : List.of("restore-1.log", "criu-dump-3.log", "mount-5.log")) {
      Files.setLastModifiedTime(runtime.resolve(name), FileTime.from(lastWeek));
    }
    LeftOvers.remove(runtime);
    try (Stream<Path> left = Files.list(runtime)) { // a mount may go on for months
      assertEquals(
          List.of("criu-dump-4.log", "mount-5.log", "restore-2.log"),
          left.map(each -> each.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void whatIsNeitherALogNorAWorkFolderStays() throws IOException {
    FileTime lastWeek = FileTime.from(Instant.now().minus(Duration.ofDays(8)));
    Path note = Files.createFile(runtime.resolve("restore-note"));
    Path folder = folder("criu-images");
    Files.setLastModifiedTime(note, lastWeek);
    Files.setLastModifiedTime(folder, lastWeek);
    LeftOvers.remove(runtime);
    assertTrue(Files.exists(note));
    assertTrue(Files.exists(folder.resolve("images/core-1.img")));
  }

  @Test
  void whatCanNotBeLookedAtIsInNobodysWay() {
    assertDoesNotThrow(() -> LeftOvers.remove(runtime.resolve("missing")));
  }

  @Test
  void onlyWhatNobodyHoldsIsRemoved() throws IOException {
    Path left = folder("restore-1");
    Files.createFile(left.resolve("lock"));
    Path held = folder("restore-2");
    Files.createFile(held.resolve("lock"));
    Path young = folder("restore-3"); // it has no lock yet
    Path abandoned = folder("restore-5"); // whoever removed it was killed
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Path other = folder("other");
    Files.createFile(other.resolve("lock"));
    Files.createFile(runtime.resolve("restore-4.log"));
    try (Fd lock = Open.at(Fd.CWD, Names.of(held.resolve("lock").toString()), Open.O_RDWR)) {
      Flock.exclusive(lock);
      LeftOvers.remove(runtime);
    }
    assertTrue(Files.notExists(left));
    assertTrue(Files.notExists(abandoned));
    assertTrue(Files.exists(held.resolve("images/core-1.img")));
    assertTrue(Files.exists(young.resolve("images/core-1.img")));
    assertTrue(Files.exists(other));
    assertTrue(Files.exists(runtime.resolve("restore-4.log")));
  }
}
