package io.snapfs.format.node;

/**
 * What a process has done with its node's directory so far.
 *
 * @param filled files that it has materialised
 * @param filledBytes their lengths without holes
 * @param checked files that were there and found right
 * @param discarded files that were damaged or altered and were thrown away
 * @param evicted files that went to make room
 * @param opened times that a file was handed out
 */
public record NodeCacheStats(
    long filled, long filledBytes, long checked, long discarded, long evicted, long opened) {
  @Override
  public String toString() {
    return "%d files materialised (%d bytes), %d found and checked, %d thrown away, %d evicted; opened %d times"
        .formatted(filled, filledBytes, checked, discarded, evicted, opened);
  }
}
