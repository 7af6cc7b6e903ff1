package io.snapfs.fusefs.tree;

import io.snapfs.fusefs.view.DirectoryHandle.EntrySink;
import io.snapfs.linux.DirEntry;

/** The entries {@code .} and {@code ..}, first in every directory, with the cookies 1 and 2. */
final class Dots {
  static final int COUNT = 2;

  private static final byte[] DOT = {'.'};
  private static final byte[] DOT_DOT = {'.', '.'};

  private Dots() {}

  /**
   * Hands out those behind the cookie.
   *
   * @return where to go on; below {@link #COUNT} if the sink is full
   */
  static long read(long cookie, long ino, long parentIno, EntrySink sink) {
    if (cookie == 0 && !sink.accept(DOT, ino, DirEntry.DT_DIR, 1)) {
      return 0;
    }
    if (cookie <= 1 && !sink.accept(DOT_DOT, parentIno, DirEntry.DT_DIR, COUNT)) {
      return 1;
    }
    return Math.max(cookie, COUNT);
  }
}
