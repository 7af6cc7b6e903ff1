package io.snapfs.restore.checkpoint;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.linux.StatFs;
import io.snapfs.linux.SystemInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns the folder that CRIU dumps into; closing it removes it with all that is in it. It is made
 * where there is room: in the folder that the user named, else in memory, else on disk.
 */
final class ImagesPlace implements AutoCloseable {
  /** Memory first: a dump on a disk is written twice. */
  private static final List<Path> PLACES = List.of(Path.of("/dev/shm"), Path.of("/var/tmp"));

  /** For the small images, and for what the processes still do before they are stopped. */
  private static final long SLACK = 32 << 20;

  private final Path folder;

  private ImagesPlace(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder where a dump has room.
   *
   * @param named the only place to be looked at; null for any
   * @param bytes about how long the dump is going to be
   * @throws SnapfsException saying how much there is where, if there is no room
   */
  static ImagesPlace make(Path named, long bytes) throws IOException {
    if (named != null && !Files.isDirectory(named)) {
      throw new MissingException("there is no folder " + named + " for the images");
    }
    List<String> tooSmall = new ArrayList<>();
    for (Path place : named == null ? PLACES : List.of(named)) {
      if (!Files.isWritable(place)) {
        continue;
      }
      long room = room(place);
      if (room >= bytes + SLACK) {
        return new ImagesPlace(Files.createTempDirectory(place, "snapfs-dump-"));
      }
      tooSmall.add(place + " has " + mib(room));
    }
    throw new SnapfsException(
        "the dump needs about "
            + mib(bytes + SLACK)
            + ", but "
            + String.join(" and ", tooSmall)
            + ": name a larger folder with --images-dir");
  }

  /** A tmpfs has no more room than there is memory. */
  private static long room(Path place) throws IOException {
    StatFs space = StatFs.of(Names.of(place.toString()));
    long free = space.availableBlocks() * space.blockSize();
    return space.type() == StatFs.TMPFS_MAGIC ? Math.min(free, SystemInfo.availableMemory()) : free;
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    TreeRemover.remove(Fd.CWD, Names.of(folder.toString()));
  }
}
