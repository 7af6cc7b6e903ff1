package io.snapfs.tools.bench;

import java.nio.file.Path;

/**
 * What the readers of a round do. They end when the time is up or the bytes are read, whichever
 * comes first.
 *
 * @param file what is read
 * @param fileBytes its size, above 0
 * @param block bytes of a read, above 0
 * @param readers how many at a time, above 0
 * @param bytes to read in all, {@link Long#MAX_VALUE} for no limit
 * @param nanos how long, {@link Long#MAX_VALUE} for no limit
 */
public record ReadPlan(
    Path file, long fileBytes, Pattern pattern, int block, int readers, long bytes, long nanos) {

  /** The same below a directory. */
  ReadPlan at(Path directory) {
    return new ReadPlan(directory.resolve(file), fileBytes, pattern, block, readers, bytes, nanos);
  }

  /** Where the part of a sequential reader begins: at a block. */
  long partStart(int reader) {
    long blocks = (fileBytes + block - 1) / block;
    return blocks < readers ? 0 : blocks * reader / readers * block;
  }

  /** Where it ends: where the next one's begins. A file too short to share is read by all. */
  long partEnd(int reader) {
    long next = partStart(reader + 1);
    return next == 0 ? fileBytes : Math.min(next, fileBytes);
  }

  /**
   * What each reader has to read of the bytes: its part if the file is to be read once, else an
   * equal share, the first ones one byte more if need be.
   */
  long share(int reader) {
    if (bytes == Long.MAX_VALUE) {
      return bytes;
    }
    boolean once = pattern == Pattern.SEQUENTIAL && bytes == fileBytes && partStart(readers) > 0;
    return once
        ? partEnd(reader) - partStart(reader)
        : bytes / readers + (reader < bytes % readers ? 1 : 0);
  }
}
