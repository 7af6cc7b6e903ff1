package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.SnapfsException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZstdLibraryTest {
  /** Runs in a JVM of its own, as a library is loaded once. */
  public static void main(String[] arguments) {
    for (int attempt = 0; attempt < 2; attempt++) {
      try {
        new ChunkDecoder().close();
        System.out.println("loaded");
      } catch (UncheckedIOException e) {
        System.out.println(((SnapfsException) e.getCause()).getMessage());
      }
    }
  }

  @Test
  void aFolderThatCannotBeUsedIsExplainedEveryTime(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-DZstdTempFolder=" + missing,
                "-cp",
                System.getProperty("java.class.path"),
                ZstdLibraryTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD) // newer JVMs warn there
            .start();
    try {
      String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, child.waitFor(), output);
      String[] lines = output.split("\n", -1);
      assertEquals(lines[0], lines[1], output);
      assertTrue(lines[0].contains("can't be unpacked to " + missing), output);
      assertTrue(lines[0].contains("-DZstdTempFolder=DIR"), output);
    } finally {
      child.destroyForcibly();
    }
  }
}
