package io.snapfs.format.profile;

/**
 * Is told which chunks of one artifact are read. Called by any number of threads at once, before
 * each read, so it must be cheap, and allocate nothing for a chunk that was touched before.
 */
@FunctionalInterface
public interface ChunkTouches {
  /**
   * Somebody is about to use bytes of a chunk.
   *
   * @param chunk its index in the manifest
   */
  void touched(int chunk);

  /** Tells both of two, each of which may be null; null if both are. */
  static ChunkTouches both(ChunkTouches first, ChunkTouches second) {
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return chunk -> {
      first.touched(chunk);
      second.touched(chunk);
    };
  }
}
