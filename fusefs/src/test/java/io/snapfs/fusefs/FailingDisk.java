package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Owns a disk whose medium can be taken away: ext4 on a loop device over a file, which is cut to
 * nothing. What is not in memory then gives EIO, as from a disk that is gone; and it comes back.
 * Needs root and a loop device.
 */
final class FailingDisk implements AutoCloseable {
  private static final int SECONDS_AT_MOST = 120;

  private final Path medium;
  private final Path aside;
  private final Path directory;
  private String device;

  /** Makes an empty one and mounts it, or skips the test if that can't be done here. */
  FailingDisk(Path temp, long bytes) throws IOException {
    medium = temp.resolve("medium");
    aside = temp.resolve("medium-aside");
    directory = Files.createDirectory(temp.resolve("disk"));
    try (RandomAccessFile file = new RandomAccessFile(medium.toFile(), "rw")) {
      file.setLength(bytes);
    }
    assumeTrue(
        run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", medium.toString()) != null,
        "no mkfs.ext4");
    device = run("losetup", "-f", "--show", medium.toString());
    assumeTrue(device != null, "no loop device");
    if (run("mount", device, directory.toString()) == null) {
      run("losetup", "-d", device);
      device = null;
    }
    assumeTrue(device != null, "may not mount a loop device");
  }

  /**
   * Copies a folder there, and makes it read-only, with nothing in memory that is only there.
   *
   * @return where the folder is now
   */
  Path fill(Path folder) throws IOException {
    require("cp", "-a", folder.toString(), directory.toString());
    require("mount", "-o", "remount,ro", directory.toString());
    require("blockdev", "--flushbufs", device);
    Files.copy(medium, aside);
    return directory.resolve(folder.getFileName());
  }

  /** Takes the medium away, and what the kernel has in memory of files on it. */
  void takeAway() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(medium.toFile(), "rw")) {
      file.setLength(0);
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory.resolve("store/packs"))) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path each : files) {
      try (Fd fd = Open.at(Fd.CWD, Names.of(each.toString()), Open.O_RDONLY)) {
        FileSync.advise(fd, 0, 0, FileSync.POSIX_FADV_DONTNEED);
      }
    }
  }

  /** Puts it back. */
  void putBack() throws IOException {
    try (var out = Files.newOutputStream(medium)) { // the same file, which the device has open
      Files.copy(aside, out);
    }
  }

  private static void require(String... command) throws IOException {
    if (run(command) == null) {
      throw new IOException("fails: " + String.join(" ", command));
    }
  }

  /** What it printed; null if it failed or is not there. */
  private static String run(String... command) throws IOException {
    File output = File.createTempFile("snapfs-disk", ".out");
    try {
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
      boolean ended = process.waitFor(SECONDS_AT_MOST, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0
          ? Files.readString(output.toPath(), StandardCharsets.UTF_8).strip()
          : null;
    } catch (IOException e) {
      return null; // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(String.join(" ", command));
    } finally {
      Files.delete(output.toPath());
    }
  }

  @Override
  public void close() throws IOException {
    if (device != null) {
      require("umount", "--lazy", directory.toString()); // a mapping lasts until it is collected
      require("losetup", "-d", device); // when its last user has gone
    }
  }
}
