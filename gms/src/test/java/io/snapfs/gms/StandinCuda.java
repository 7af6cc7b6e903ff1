package io.snapfs.gms;

import io.snapfs.gms.cuda.Cuda;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;

/**
 * The stand-in for libcuda, {@code src/test/c/standin_cuda.c}: compiled once per JVM, and loaded
 * from a file of its own for each test, so that no test sees another one's state.
 */
public final class StandinCuda {
  private static final String SOURCE = "src/test/c/standin_cuda.c";
  private static final long COMPILED_WITHIN_SECONDS = 120;

  private final Path library;
  private final Settings settings;

  private StandinCuda(Path library) {
    this.library = library;
    this.settings = LibraryLoader.create(Settings.class).load(library.toString());
  }

  /** What the stand-in has beside the driver's functions. */
  public interface Settings {
    /** Overrides an environment variable of the stand-in; null: no longer. */
    int snapfs_standin_set(String name, String value);
  }

  /** Compiled once. */
  private static final class Compiled {
    static final byte[] BYTES = compile();
  }

  /**
   * A copy of the library that nobody has loaded yet, for child processes and for {@link #in}.
   *
   * @param folder where it goes, as {@code libcuda.so.1}
   */
  public static Path libraryIn(Path folder) throws IOException {
    Path library = folder.resolve("libcuda.so.1");
    if (!Files.exists(library)) {
      Files.write(library, Compiled.BYTES);
    }
    return library;
  }

  /** A stand-in of its own, loaded into this JVM; one per folder. */
  public static StandinCuda in(Path folder) throws IOException {
    return new StandinCuda(libraryIn(folder));
  }

  /** The library's file. */
  public Path library() {
    return library;
  }

  /** Changes a setting of this JVM's instance, see the head of the source. */
  public StandinCuda set(String name, String value) {
    if (settings.snapfs_standin_set("SNAPFS_STANDIN_" + name, value) == 0) {
      throw new IllegalStateException("too many settings");
    }
    return this;
  }

  /** The driver that it is. */
  public Cuda.Availability find() {
    return Cuda.find(library.toString());
  }

  /** The driver that it is. */
  public Cuda cuda() throws IOException {
    return find().require("for a test");
  }

  private static byte[] compile() {
    try {
      Path out = Files.createTempFile("standin-cuda", ".so");
      try {
        List<String> command =
            List.of("gcc", "-shared", "-fPIC", "-O1", "-pthread", "-o", out.toString(), source());
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        gcc.getOutputStream().close();
        String messages;
        try (InputStream in = gcc.getInputStream()) {
          messages = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!gcc.waitFor(COMPILED_WITHIN_SECONDS, TimeUnit.SECONDS) || gcc.exitValue() != 0) {
          gcc.destroyForcibly();
          throw new IllegalStateException("gcc can't compile the stand-in: " + messages);
        }
        return Files.readAllBytes(out);
      } finally {
        Files.deleteIfExists(out);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("the stand-in for libcuda can't be compiled", e);
    }
  }

  /** The tests of every module run in that module's folder. */
  private static String source() {
    Path here = Path.of(SOURCE);
    return (Files.exists(here) ? here : Path.of("../gms").resolve(SOURCE)).toString();
  }
}
