package io.snapfs.format.chunk;

import io.snapfs.format.Limits;
import java.nio.ByteBuffer;

/** Cuts at multiples of a fixed size from the file's begin, and around zero pages. */
final class FixedChunker implements Chunker {
  private final int size;

  /** Bytes from the begin of the segment to the next multiple of the size. */
  private int toBoundary;

  FixedChunker(Chunking chunking) {
    size = chunking.max();
    toBoundary = size;
  }

  @Override
  public void reset() {
    toBoundary = size;
  }

  @Override
  public int maxSegment() {
    return size;
  }

  @Override
  public int next(ByteBuffer data, int position, int limit, boolean last) {
    int zeros = Pages.zeroRun(data, position, limit, last);
    if (zeros > 0) {
      advance(zeros);
      return -zeros;
    }
    int length = chunkLength(data, position, limit, last);
    advance(length);
    return length;
  }

  private int chunkLength(ByteBuffer data, int position, int limit, boolean last) {
    int known = Math.min(limit - position, toBoundary);
    int end = position + known;
    for (int at = position; at < end; ) {
      int page = Math.min(Limits.PAGE, end - at);
      if (page < Limits.PAGE && !last) {
        return 0;
      }
      if (Pages.isZero(data, at, page)) {
        return at - position;
      }
      at += page;
    }
    return last || known == toBoundary ? known : 0;
  }

  private void advance(int length) {
    toBoundary = size - (size - toBoundary + length) % size;
  }
}
