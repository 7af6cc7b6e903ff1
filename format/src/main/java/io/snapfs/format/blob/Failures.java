package io.snapfs.format.blob;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;

/** Turns errors of the system into messages that say what to do. */
final class Failures {
  private Failures() {}

  /** A failure to read what is called {@code what}. */
  static SnapfsException reading(String what, LinuxException e) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENOTDIR ->
          new MissingException(what + " does not exist (any more)", e);
      case Errno.EACCES, Errno.EPERM ->
          new SnapfsException(
              what + " can't be read: permission denied; run as its owner or change its mode", e);
      case Errno.EMFILE, Errno.ENFILE ->
          new SnapfsException(
              what + " can't be opened: too many open files; raise the limit (ulimit -n)", e);
      case Errno.EIO ->
          new SnapfsException(
              what + " can't be read: the disk reports an error (EIO); see the kernel log", e);
      default -> new SnapfsException(what + " can't be read: " + e.getMessage(), e);
    };
  }

  /** A failure to write what is called {@code what}. */
  static SnapfsException writing(String what, LinuxException e) {
    return new SnapfsException(what + " can't be written: " + problem(e), e);
  }

  /** A failure to delete what is called {@code what}. */
  static SnapfsException removing(String what, LinuxException e) {
    return new SnapfsException(what + " can't be removed: " + problem(e), e);
  }

  private static String problem(LinuxException e) {
    return switch (e.errno()) {
      case Errno.ENOSPC ->
          "no space left on its filesystem; what is visible in the store is untouched. Free some"
              + " ('snapfs rm' and then 'snapfs gc' removes artifacts) and try again";
      case Errno.EDQUOT ->
          "the disk quota is used up; what is visible in the store is untouched. Free some"
              + " space ('snapfs rm' and then 'snapfs gc' removes artifacts) and try again";
      case Errno.EROFS -> "its filesystem is read-only; mount it writable to change the store";
      case Errno.EACCES, Errno.EPERM ->
          "permission denied; run as the owner of the store or make its directories writable";
      case Errno.EFBIG -> "the file is longer than its filesystem or 'ulimit -f' allows";
      case Errno.EMFILE, Errno.ENFILE -> "too many open files; raise the limit (ulimit -n)";
      case Errno.EIO -> "the disk reports an error (EIO); see the kernel log";
      default -> e.getMessage();
    };
  }
}
