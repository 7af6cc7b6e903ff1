package io.snapfs.gms.load;

import java.util.List;

/**
 * Chunks of one pack that are fetched by one request: all raw and without gaps, so that their
 * stored bytes are their plain ones, or to be decoded.
 */
record Group(List<PlannedChunk> chunks, boolean raw) {
  int pack() {
    return chunks.get(0).pack;
  }

  long offset() {
    return chunks.get(0).offset;
  }

  /** From the first stored byte to the last. */
  int span() {
    return (int) (chunks.get(chunks.size() - 1).end() - offset());
  }
}
