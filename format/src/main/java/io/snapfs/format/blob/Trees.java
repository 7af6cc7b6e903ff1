package io.snapfs.format.blob;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Directories with all that is in them. */
final class Trees {
  private Trees() {}

  /**
   * Removes a directory, whoever else is removing it at the same time. Follows no symbolic link.
   *
   * @return the bytes of the files that were in it
   */
  static long delete(Path directory) throws IOException {
    return walk(directory, Files::deleteIfExists);
  }

  /** The bytes of the files in a directory, whoever is removing it at the same time. */
  static long size(Path directory) throws IOException {
    return walk(directory, path -> true);
  }

  private interface Visit {
    /** True if the path was still there. */
    boolean visit(Path path) throws IOException;
  }

  /** Visits files, then the directory they were in; returns the bytes of files that were there. */
  private static long walk(Path top, Visit visit) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (visit.visit(file)) {
              bytes[0] += attributes.size();
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return continueIfGone(e);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              continueIfGone(e);
            }
            visit.visit(directory);
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  private static FileVisitResult continueIfGone(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
