package io.snapfs.format.blob;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Owns a tmpfs of a given size, to play a full or a read-only disk. Needs the right to mount. */
public final class SmallDisk implements AutoCloseable {
  private final Path directory;

  /** Mounts it on an empty directory, or skips the test if that is not allowed. */
  public SmallDisk(Path directory, long bytes) throws IOException {
    this.directory = directory;
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString()),
        "may not mount");
  }

  public Path directory() {
    return directory;
  }

  /** Changes a mount option, such as {@code ro} or {@code nr_inodes=4}. */
  public void remount(String option) throws IOException {
    if (!run("mount", "-o", "remount," + option, directory.toString())) {
      throw new IOException("can't remount " + directory + " with " + option);
    }
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(String.join(" ", command));
    }
  }

  @Override
  public void close() throws IOException {
    // Lazily: a mapping lasts until it is collected.
    if (!run("umount", "--lazy", directory.toString())) {
      throw new IOException("can't unmount " + directory);
    }
  }
}
