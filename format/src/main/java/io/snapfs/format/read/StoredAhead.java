package io.snapfs.format.read;

import io.snapfs.format.Limits;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.pack.PackFile;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PageAligned;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * Has the stored bytes of chunks brought into the system's page cache in the order in which they
 * are going to be needed, without anybody having to wait for the disk: for who knows that order, as
 * a restore does. What is there already costs next to nothing.
 *
 * <p>Nobody is to wait for that. Its requests are of the lowest priority, which the I/O schedulers
 * of some disks heed; others serve what comes in turn, so little of it is in flight at a time: at
 * first very little, and more after {@link #hurry}.
 *
 * <p>For one thread, but {@link #hurry} and {@link #close} are for any.
 */
public final class StoredAhead implements Runnable, AutoCloseable {
  /** Bytes that the disk has been asked for and hasn't brought: what keeps it busy, and no more. */
  private static final int HURRIED = 8 << 20;

  /** The same while others wait for the disk, one page after the other. */
  private static final int UNHURRIED = 1 << 20;

  /** Bytes of one request. */
  private static final int MOST = 1 << 20;

  /** Up to this many bytes between two chunks are read along with them. */
  private static final int GAP = 64 << 10;

  private record Range(int pack, long offset, long end) {
    long length() {
      return end - offset;
    }
  }

  private final ArtifactReader reader;
  private final int[] chunks;
  private final LongSupplier room;
  private final ArrayDeque<Range> inFlight = new ArrayDeque<>();
  private final ByteBuffer oneByte = PageAligned.allocate(Limits.PAGE).limit(1);
  private long mostBytes;
  private long window;
  private long asked;
  private volatile int mostInFlight = UNHURRIED;
  private volatile boolean closed;

  /**
   * @param chunks their indexes in the manifest, in the order in which they are wanted
   * @param room in bytes, after which no more is asked for, so that it doesn't push out what it
   *     brings; {@link #run} wants to know
   */
  StoredAhead(ArtifactReader reader, int[] chunks, LongSupplier room) {
    this.reader = reader;
    this.chunks = chunks;
    this.room = room;
  }

  /** Returns when all has been asked for, or it was closed. */
  @Override
  public void run() {
    letOthersGoBefore();
    mostBytes = room.getAsLong();
    try {
      Range range = null;
      for (int chunk : chunks) {
        Range next = of(chunk);
        if (range != null && belongs(range, next)) {
          range = new Range(range.pack(), range.offset(), next.end());
        } else {
          ask(range);
          range = next;
        }
      }
      ask(range);
    } catch (IOException e) {
      return; // it is advice: whoever needs a chunk meets the problem again and reports it
    }
  }

  private static void letOthersGoBefore() {
    try {
      Processes.idleThread(true); // also for the disk
    } catch (LinuxException e) {
      return; // where that is forbidden, others wait a little longer
    }
  }

  private Range of(int chunk) throws IOException {
    Manifest manifest = reader.manifest();
    long offset = manifest.chunkOffset(chunk);
    return new Range(manifest.chunkPack(chunk), offset, offset + manifest.chunkStoredLength(chunk));
  }

  private static boolean belongs(Range range, Range next) {
    long gap = next.offset() - range.end();
    return range.pack() == next.pack()
        && gap >= 0
        && gap <= GAP
        && next.end() - range.offset() <= MOST;
  }

  private void ask(Range range) throws IOException {
    if (range == null || closed || asked >= mostBytes || !reader.tryEnter()) {
      return;
    }
    try {
      PackFile pack = reader.pack(range.pack());
      if (pack.isNear(range.offset(), range.length())) {
        return;
      }
      pack.willNeed(range.offset(), range.length());
      asked += range.length();
      window += range.length();
      inFlight.add(range);
      while (window > mostInFlight) {
        Range first = inFlight.remove();
        window -= first.length();
        awaitEnd(first);
      }
    } finally {
      reader.leave();
    }
  }

  private void awaitEnd(Range range) throws IOException {
    reader.pack(range.pack()).readStored(range.end() - 1, oneByte.rewind());
  }

  /** Nobody else waits for the disk any more. Idempotent. */
  public void hurry() {
    mostInFlight = HURRIED;
  }

  /** Ends {@link #run} soon. Idempotent. */
  @Override
  public void close() {
    closed = true;
  }
}
