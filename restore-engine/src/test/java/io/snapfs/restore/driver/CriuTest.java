package io.snapfs.restore.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriuTest {
  @TempDir private Path folder;

  private List<Path> files(Path program) {
    return new Criu(program, CriuVersion.OLDEST).files();
  }

  @Test
  void aProgramThatBringsItsLoaderNeedsWhatLiesBesideIt() throws IOException {
    for (String name : List.of("criu", "criu.bin", "ld.so", "libc.so.6")) {
      Files.writeString(folder.resolve(name), name);
    }
    Files.createDirectory(folder.resolve("folder"));
    assertEquals(
        List.of("criu", "criu.bin", "ld.so", "libc.so.6"),
        files(folder.resolve("criu")).stream().map(each -> each.getFileName().toString()).toList());
  }

  @Test
  void oneOfTheSystemIsAlone() throws IOException {
    Path program = Files.writeString(folder.resolve("criu"), "x");
    Files.writeString(folder.resolve("other"), "x");
    assertEquals(List.of(program), files(program));
  }

  @Test
  void whatIsMissingIsNotNamed() {
    assertEquals(List.of(), files(folder.resolve("missing")));
    assertEquals(List.of(), files(Path.of("criu")));
  }
}
