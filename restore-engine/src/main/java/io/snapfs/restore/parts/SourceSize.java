package io.snapfs.restore.parts;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Adds up the sizes of the regular files below a folder, to know how far packing it has come. A
 * guess: what can't be read is left out, hard links count each time, and large trees aren't walked
 * to the end.
 */
public final class SourceSize extends SimpleFileVisitor<Path> {
  /** No guess: the tree is too large to be walked for this. */
  public static final long UNKNOWN = -1;

  private static final int MOST_FILES = 100_000;

  private long bytes;
  private int files;

  private SourceSize() {}

  /** In bytes, or {@link #UNKNOWN}. */
  public static long of(Path folder) throws IOException {
    SourceSize size = new SourceSize();
    Files.walkFileTree(folder, size);
    return size.files > MOST_FILES ? UNKNOWN : size.bytes;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    bytes += attributes.isRegularFile() ? attributes.size() : 0;
    return ++files > MOST_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    return FileVisitResult.CONTINUE; // packing it will say why
  }
}
