package io.snapfs.restore.pages;

import io.snapfs.format.Limits;
import io.snapfs.linux.Errno;

/** Puts pages into processes, whatever the kernel answers. Safe for use by many threads. */
final class PageWriter {
  /** Most bytes of one system call: it keeps who reads events waiting. */
  private static final int SLICE = 256 << 10;

  /** What became of it. */
  enum Outcome {
    /** All pages are there. */
    DONE,
    /** The mapping isn't registered yet. */
    CLOSED,
    /** An event has to be read first, or memory is short: try again soon. */
    BUSY,
    /** There is no such mapping, though the process runs. */
    MISSING,
    /** The memory is not to be filled any more, or the process has ended. */
    VOID,
    /** The kernel can't do it. */
    UNSUPPORTED
  }

  private final Runnable opened;

  /**
   * @param opened is called when a mapping was found to be registered
   */
  PageWriter(Runnable opened) {
    this.opened = opened;
  }

  /**
   * Fills a part of a segment.
   *
   * @param from bytes from the segment's start
   * @param to the end of the part
   * @param chunk address of the chunk's first byte, if the kind is {@link PageKind#COPY}
   * @param counter gets the bytes that were not there before
   */
  Outcome put(PageKind kind, Segment segment, int from, int to, long chunk, ByteCounter counter) {
    LazyProcess process = segment.process();
    long source = chunk + segment.offset();
    int most = SLICE;
    for (int at = from; at < to; ) {
      int step = Math.min(most, to - at);
      long result = process.put(kind, segment, segment.address() + at, source + at, step);
      if (result > 0) {
        counter.add(result);
        at += (int) result;
        most = Math.min(SLICE, most * 2);
        if (segment.gate().open()) {
          opened.run();
        }
      } else if (result == -Errno.EEXIST) {
        at += Limits.PAGE;
      } else if (result == -Errno.ENOENT && process.isRestored() && step > Limits.PAGE) {
        most = pagesOfHalf(step); // perhaps two mappings meet here
      } else {
        return failed(segment, result);
      }
    }
    return Outcome.DONE;
  }

  /** Bytes that were put somewhere. */
  @FunctionalInterface
  interface ByteCounter {
    void add(long bytes);
  }

  private static int pagesOfHalf(int bytes) {
    return Math.max(Limits.PAGE, bytes / 2 / Limits.PAGE * Limits.PAGE);
  }

  private static Outcome failed(Segment segment, long result) {
    if (result == LazyProcess.VOID) {
      return Outcome.VOID;
    }
    LazyProcess process = segment.process();
    switch ((int) -result) {
      case Errno.ENOENT -> {
        if (process.isRestored()) {
          return Outcome.MISSING;
        }
        segment.gate().refuse();
        return Outcome.CLOSED;
      }
      case Errno.EAGAIN, Errno.ENOMEM -> {
        return Outcome.BUSY;
      }
      case Errno.ESRCH, Errno.ENOSPC -> {
        process.gone();
        return Outcome.VOID;
      }
      default -> {
        return Outcome.UNSUPPORTED;
      }
    }
  }
}
