package io.snapfs.restore.pages;

import io.snapfs.linux.Userfaultfd;

/** What is put where pages are missing. */
enum PageKind {
  /** Bytes of a chunk. */
  COPY {
    @Override
    long put(Userfaultfd uffd, long target, long source, long length) {
      return uffd.copy(target, source, length);
    }
  },
  /** Zeros. */
  ZERO {
    @Override
    long put(Userfaultfd uffd, long target, long source, long length) {
      return uffd.zero(target, length);
    }
  },
  /** A bus error for whoever touches them. */
  POISON {
    @Override
    long put(Userfaultfd uffd, long target, long source, long length) {
      return uffd.poison(target, length);
    }
  };

  /** As {@link Userfaultfd#copy}. */
  abstract long put(Userfaultfd uffd, long target, long source, long length);
}
