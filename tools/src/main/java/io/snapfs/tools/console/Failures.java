package io.snapfs.tools.console;

import io.snapfs.format.SnapfsException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns exceptions into messages for people. */
public final class Failures {
  private Failures() {}

  /** What went wrong, without the wrappers that threads and streams put around it. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof UncheckedIOException
            || cause instanceof ExecutionException
            || cause instanceof CompletionException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** One line (or a few) for people. */
  public static String describe(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof SnapfsException) {
      return cause.getMessage();
    }
    if (cause instanceof FileSystemException e) {
      return describe(e);
    }
    if (cause instanceof OutOfMemoryError) {
      return "out of memory ("
          + cause.getMessage()
          + "): give the Java machine more, for example SNAPFS_JAVA_OPTS=-Xmx2g";
    }
    if (cause instanceof RuntimeException || cause instanceof Error) {
      return "internal error, please report it with what --debug prints: " + cause;
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  // The messages of java.nio are a bare path where the kind of the exception says the rest.
  private static String describe(FileSystemException e) {
    String reason = e.getReason();
    if (reason == null) {
      if (e instanceof NoSuchFileException) {
        reason = "no such file or directory";
      } else if (e instanceof FileAlreadyExistsException) {
        reason = "exists already";
      } else if (e instanceof AccessDeniedException) {
        reason = "permission denied";
      } else if (e instanceof DirectoryNotEmptyException) {
        reason = "the directory is not empty";
      } else if (e instanceof NotDirectoryException) {
        reason = "not a directory";
      } else {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
      }
    }
    return e.getFile()
        + (e.getOtherFile() == null ? "" : " -> " + e.getOtherFile())
        + ": "
        + reason;
  }
}
