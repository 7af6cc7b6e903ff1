package io.snapfs.gms.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.gms.StandinCuda;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code python/tests}. */
final class PythonLibraryTest {
  private static final long WITHIN_SECONDS = 600;
  private static final Pattern SUMMARY = Pattern.compile("(?m)^Ran (\\d+) tests? in .*\\n\\nOK$");

  @TempDir private Path folder;

  @Test
  void itsOwnTestsPass() throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("python3", "-B", "-m", "unittest", "discover", "--buffer");
    builder.directory(Path.of("python").toFile());
    builder.environment().put("SNAPFS_LIBCUDA", StandinCuda.libraryIn(folder).toString());
    builder.environment().put("TMPDIR", folder.toString());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process python = builder.start();
    python.getOutputStream().close();
    boolean ended = python.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS);
    python.destroyForcibly().waitFor();
    String said = Files.readString(output);
    assertTrue(ended, said);
    assertEquals(0, python.exitValue(), said);
    Matcher summary = SUMMARY.matcher(said);
    assertTrue(summary.find(), said);
    assertTrue(Integer.parseInt(summary.group(1)) > 30, said);
  }
}
