package io.snapfs.format.chunk;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Cuts whole contents, shown at once or in windows. */
final class Segments {
  private Segments() {}

  /** Segments of a content that is known whole: positive chunks, negative holes. */
  static List<Integer> of(Chunking chunking, byte[] content) {
    return of(chunking.newChunker(), content);
  }

  static List<Integer> of(Chunker chunker, byte[] content) {
    ByteBuffer data = ByteBuffer.allocateDirect(content.length).put(content);
    chunker.reset();
    List<Integer> segments = new ArrayList<>();
    for (int at = 0; at < content.length; ) {
      int segment = chunker.next(data, at, content.length, true);
      segments.add(segment);
      at += Math.abs(segment);
    }
    return segments;
  }

  /**
   * The same, as a reader would do it whose buffer is filled by a random number of bytes each time.
   */
  static List<Integer> inWindows(Chunker chunker, byte[] content, Random random, int mostAtOnce) {
    ByteBuffer data = ByteBuffer.allocateDirect(content.length).put(content);
    chunker.reset();
    List<Integer> segments = new ArrayList<>();
    int known = 0;
    for (int at = 0; at < content.length; ) {
      int segment = known > at ? chunker.next(data, at, known, known == content.length) : 0;
      if (segment != 0) {
        segments.add(segment);
        at += Math.abs(segment);
      } else if (known == content.length || known - at >= chunker.maxSegment()) {
        throw new AssertionError(
            "asks for more at " + at + " with " + (known - at) + " bytes known");
      } else {
        known = Math.min(content.length, known + 1 + random.nextInt(mostAtOnce));
      }
    }
    return joinHoles(segments);
  }

  /** Holes may come in pieces. */
  private static List<Integer> joinHoles(List<Integer> segments) {
    List<Integer> joined = new ArrayList<>();
    for (int segment : segments) {
      int before = joined.size() - 1;
      if (segment < 0 && before >= 0 && joined.get(before) < 0) {
        joined.set(before, joined.get(before) + segment);
      } else {
        joined.add(segment);
      }
    }
    return joined;
  }
}
