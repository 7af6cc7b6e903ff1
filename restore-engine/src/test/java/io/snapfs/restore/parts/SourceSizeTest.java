package io.snapfs.restore.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceSizeTest {
  @TempDir private Path dir;

  @Test
  void addsUpRegularFiles() throws IOException {
    Files.write(dir.resolve("a"), new byte[1000]);
    Files.write(Files.createDirectories(dir.resolve("b/c")).resolve("d"), new byte[24]);
    Files.createSymbolicLink(dir.resolve("link"), dir.resolve("a"));
    assertEquals(1024, SourceSize.of(dir));
  }

  @Test
  void whatIsNotThereHasNoSize() throws IOException {
    assertEquals(0, SourceSize.of(dir.resolve("no")));
  }
}
