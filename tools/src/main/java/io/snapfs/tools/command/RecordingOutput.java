package io.snapfs.tools.command;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.profile.RecordingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a {@code --record FILE} records, and where it goes. Safe for use by many threads. */
final class RecordingOutput {
  private final Path file;
  private final Recorder recorder;

  private RecordingOutput(Path file, Recorder recorder) {
    this.file = file;
    this.recorder = recorder;
  }

  /**
   * Checks that the file can be written later.
   *
   * @param file null if nothing is to be recorded
   * @param mountpoint where the mount will be, which its own process must not touch
   */
  static RecordingOutput of(Path file, Path mountpoint) throws SnapfsException {
    RecordingOutput output = of(file);
    if (file != null && isBelow(output.file.getParent(), mountpoint)) {
      throw new SnapfsException("can't record to " + file + ": it would lie on the mount itself");
    }
    return output;
  }

  /**
   * Checks that the file can be written later.
   *
   * @param file null if nothing is to be recorded
   */
  static RecordingOutput of(Path file) throws SnapfsException {
    if (file == null) {
      return new RecordingOutput(null, null);
    }
    Path absolute = file.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || Files.isDirectory(absolute)) {
      throw new SnapfsException("can't record to " + file + ": it is a directory");
    }
    if (!Files.isDirectory(parent) || !Files.isWritable(parent)) {
      throw new SnapfsException(
          "can't record to " + file + ": " + parent + " is no directory that can be written");
    }
    return new RecordingOutput(absolute, new Recorder());
  }

  private static boolean isBelow(Path directory, Path mountpoint) {
    try {
      return directory.toRealPath().startsWith(mountpoint.toRealPath());
    } catch (IOException e) {
      return false; // there is no such mountpoint, which mounting will tell
    }
  }

  /** Null if nothing is to be recorded. */
  Recorder recorder() {
    return recorder;
  }

  /** Writes what was recorded so far, whole or not at all; without effect if nothing is to be. */
  synchronized void save() throws IOException {
    if (recorder != null) {
      RecordingFile.write(file, recorder.recordings());
    }
  }
}
