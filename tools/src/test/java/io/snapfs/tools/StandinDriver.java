package io.snapfs.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The stand-in for libcuda of module gms, compiled for processes that a test starts. */
public final class StandinDriver {
  private static final Path SOURCE = Path.of("../gms/src/test/c/standin_cuda.c");

  private StandinDriver() {}

  /** Compiles it as {@code libcuda.so.1} in a folder. */
  public static Path compileInto(Path folder) throws IOException, InterruptedException {
    Path library = folder.resolve("libcuda.so.1");
    List<String> command =
        List.of(
            "gcc",
            "-shared",
            "-fPIC",
            "-O1",
            "-pthread",
            "-o",
            library.toString(),
            SOURCE.toString());
    Path messages = Files.createTempFile(folder, "gcc", ".log");
    Process gcc =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile())
            .start();
    assertTrue(gcc.waitFor(120, TimeUnit.SECONDS), "gcc does not end");
    assertEquals(0, gcc.exitValue(), Files.readString(messages, StandardCharsets.UTF_8));
    return library;
  }
}
