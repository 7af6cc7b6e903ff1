package io.snapfs.format.chunk;

import java.nio.ByteBuffer;

/**
 * Cuts one file after the other into segments: chunks and holes. Stateful per file and
 * thread-confined. The segments of a file depend on its bytes alone, not on the windows in which
 * they are shown; only a hole may come in pieces.
 */
public interface Chunker {
  /** To be called at the start of each file. */
  void reset();

  /**
   * Length of the segment at {@code position}, which is where the last one ended (or the file's
   * begin). The buffer's own position and limit are neither used nor touched.
   *
   * @param data a direct or mapped buffer
   * @param position index of the first byte that belongs to no segment yet
   * @param limit index where the known bytes end, greater than {@code position}
   * @param last whether the file ends at {@code limit}
   * @return the length in bytes, positive for a chunk, negative for a hole, or 0 if more of the
   *     file must be known: never if {@code last}, or if {@link #maxSegment} bytes are known
   */
  int next(ByteBuffer data, int position, int limit, boolean last);

  /** Bytes that always suffice to find the next segment. */
  int maxSegment();
}
