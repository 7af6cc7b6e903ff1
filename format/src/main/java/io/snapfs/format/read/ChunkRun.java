package io.snapfs.format.read;

import io.snapfs.format.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Chunks that lie next to each other in a pack: fetched by one request, decoded one by one. Filled
 * by one thread, which then {@linkplain #complete completes} it, and run or cancelled by the one
 * that {@linkplain #tryBegin begins} with it: a thread of the pool, or a reader who needs one of
 * its chunks and has no reason to wait. A reader may also take a single chunk out of a run that
 * somebody else has begun with, at any time before its decoding begins.
 */
final class ChunkRun implements DecodePool.Job {
  /** Stored bytes of one request, unless a single chunk is longer. */
  static final int STORED = 1 << 20;

  /** A gap up to this long between two chunks is read and thrown away. */
  private static final int GAP = 32 << 10;

  /** One chunk of the run. */
  private record Member(Fill fill, int chunk, long offset, int storedLength) {
    long end() {
      return offset + storedLength;
    }
  }

  private final ChunkLoader loader;
  private final ChunkSource source;
  private final int pack;
  private final List<Member> members = new ArrayList<>();
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Keeps the source open until the run is over. */
  ChunkRun(ChunkLoader loader, ChunkSource source, int pack) {
    this.loader = loader;
    this.source = source;
    this.pack = pack;
    source.retain();
  }

  /** Whether a chunk may join. */
  boolean accepts(int itsPack, long offset, int storedLength) {
    if (members.isEmpty()) {
      return true;
    }
    long gap = offset - last().end();
    long span = offset + storedLength - members.get(0).offset();
    return itsPack == pack && gap >= 0 && gap <= GAP && span <= STORED;
  }

  /** Adds a chunk that {@link #accepts accepted}. */
  void add(Fill fill, int chunk, long offset, int storedLength) {
    members.add(new Member(fill, chunk, offset, storedLength));
  }

  /**
   * All are there: from here on readers who need one of them may begin with the run. Before, they
   * would run it while it is filled; they take the single chunk then.
   */
  void complete() {
    for (Member member : members) {
      member.fill().joins(this);
    }
  }

  @Override
  public boolean tryBegin() {
    return !begun.get() && begun.compareAndSet(false, true);
  }

  @Override
  public boolean hasBegun() {
    return begun.get();
  }

  @Override
  public void run(DecodeContext context) {
    try {
      members.removeIf(member -> !member.fill().isQueued());
      if (!members.isEmpty()) {
        fetchAndDecode(context);
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      return; // a reader who needs one of these chunks meets the problem again and reports it
    } finally {
      cancel();
    }
  }

  @Override
  public void cancel() {
    try {
      for (Member member : members) {
        loader.cancelIfQueued(member.fill());
      }
    } finally {
      source.release();
    }
  }

  private void fetchAndDecode(DecodeContext context) throws IOException {
    long start = members.get(0).offset();
    int length = (int) Math.min(last().end() - start, Limits.MAX_CHUNK);
    ByteBuffer stored = context.stored(length);
    source.readStored(pack, start, stored);
    for (Member member : members) {
      int from = (int) (member.offset() - start);
      loader.loadAhead(
          source,
          member.chunk(),
          member.fill(),
          context.decoder(),
          stored.slice(from, member.storedLength()));
    }
    context.trim();
  }

  private Member last() {
    return members.get(members.size() - 1);
  }
}
