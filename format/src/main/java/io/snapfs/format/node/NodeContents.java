package io.snapfs.format.node;

import io.snapfs.format.CorruptException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What lies in a node's directory, for people: looked at or cleared away, whoever uses it. */
public final class NodeContents {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * A materialised file.
   *
   * @param key what its name is
   * @param label what it was called where it came from first, empty if its record is damaged
   * @param length in bytes
   * @param allocatedBytes that it takes: less than its length if it has holes
   * @param lastUseMillis since 1970, to 10 s
   * @param inUse whether a process has it open
   * @param damage why it will be thrown away by whoever wants it next; null if its record is fine
   */
  public record Entry(
      FileKey key,
      String label,
      long length,
      long allocatedBytes,
      long lastUseMillis,
      boolean inUse,
      String damage) {}

  /**
   * What was cleared away.
   *
   * @param files that were removed
   * @param allocatedBytes that they took; freed when their last user has closed them
   */
  public record Cleared(int files, long allocatedBytes) {}

  private NodeContents() {}

  /**
   * All whole files, the most recently used first.
   *
   * @throws io.snapfs.format.MissingException if there is no such directory
   */
  public static List<Entry> list(Path path) throws IOException {
    try (NodeDirectory directory = NodeDirectory.openExisting(path)) {
      return directory.<List<Entry>, IOException>locked(
          () -> {
            List<Entry> entries = new ArrayList<>();
            for (Space.Present file : Space.of(directory).files()) {
              entries.add(entry(directory, file));
            }
            Collections.reverse(entries);
            return entries;
          });
    }
  }

  private static Entry entry(NodeDirectory directory, Space.Present file) throws IOException {
    String label = "";
    String damage = null;
    try {
      NodeRecord record = directory.record(file.key());
      if (record != null) {
        label = record.label();
        damage = FileIdentity.of(file.stat()).equals(record.identity()) ? null : "it was altered";
      }
    } catch (CorruptException e) {
      damage = e.getMessage();
    }
    return new Entry(
        file.key(),
        label,
        file.stat().size(),
        file.allocated(),
        file.lastUseNanos() / NANOS_PER_MILLI,
        isInUse(directory, file.key()),
        damage);
  }

  private static boolean isInUse(NodeDirectory directory, FileKey key) throws LinuxException {
    try (Fd fd = directory.openFile(key)) {
      return fd != null && !Flock.tryExclusive(fd);
    }
  }

  /**
   * Removes all files. Who has one open goes on reading it; what is being filled now stays.
   *
   * @throws io.snapfs.format.MissingException if there is no such directory
   */
  public static Cleared clear(Path path) throws SnapfsException {
    try (NodeDirectory directory = NodeDirectory.openExisting(path)) {
      return directory.locked(
          () -> {
            List<Space.Present> files = Space.of(directory).files();
            long bytes = 0;
            for (Space.Present file : files) {
              directory.remove(file.key());
              bytes += file.allocated();
            }
            return new Cleared(files.size(), bytes);
          });
    } catch (LinuxException e) {
      throw new SnapfsException("can't clear " + path + ": " + e.getMessage(), e);
    }
  }
}
