package io.snapfs.format.profile;

import java.util.Arrays;

/**
 * Records the order in which chunks of one artifact are first touched. Safe for use by many
 * threads: a chunk that was touched before costs one look at a bit.
 */
public final class TouchRecorder implements ChunkTouches {
  private static final int FIRST_CAPACITY = 256;

  private final byte[] contentId;
  private final int artifactChunks;
  private final TouchedChunks touched;
  private int[] order = new int[FIRST_CAPACITY];
  private int count;

  /**
   * @param contentId of the artifact
   * @param artifactChunks how many chunks it has
   */
  public TouchRecorder(byte[] contentId, int artifactChunks) {
    this.contentId = contentId.clone();
    this.artifactChunks = artifactChunks;
    this.touched = new TouchedChunks(artifactChunks);
  }

  @Override
  public void touched(int chunk) {
    if (touched.add(chunk)) {
      append(chunk);
    }
  }

  private synchronized void append(int chunk) {
    if (count == order.length) {
      order = Arrays.copyOf(order, 2 * count);
    }
    order[count++] = chunk;
  }

  /** What was touched so far, in order. */
  public synchronized Profile profile() {
    return new Profile(contentId, artifactChunks, Arrays.copyOf(order, count));
  }
}
