package io.snapfs.format.manifest;

/**
 * Totals of an artifact, and how its files were cut.
 *
 * @param createdMillis milliseconds since 1970-01-01 UTC
 * @param logicalBytes sum of the sizes of regular files
 * @param holeBytes of those, bytes in holes
 * @param plainBytes of distinct chunks
 * @param storedBytes of distinct chunks
 * @param addedBytes stored bytes that the pack run added to the store; the rest was there
 * @param regularFiles number of regular files (a hard link is not another file)
 * @param nodes number of nodes
 * @param chunkingKind 1 content-defined at page boundaries, 2 fixed
 * @param chunkMin shortest chunk that is not the last of its file, bytes
 * @param chunkMean wanted mean, bytes
 * @param chunkMax longest chunk, bytes
 */
public record Summary(
    long createdMillis,
    long logicalBytes,
    long holeBytes,
    long plainBytes,
    long storedBytes,
    long addedBytes,
    long regularFiles,
    long nodes,
    int chunkingKind,
    int chunkMin,
    int chunkMean,
    int chunkMax) {

  /**
   * What a packer knows; the {@link ManifestBuilder} counts the rest.
   *
   * @see Summary for the parameters
   */
  public static Summary of(
      long createdMillis,
      long addedBytes,
      int chunkingKind,
      int chunkMin,
      int chunkMean,
      int chunkMax) {
    return new Summary(
        createdMillis, 0, 0, 0, 0, addedBytes, 0, 0, chunkingKind, chunkMin, chunkMean, chunkMax);
  }

  Summary withStoredBytes(long bytes) {
    return new Summary(
        createdMillis,
        logicalBytes,
        holeBytes,
        plainBytes,
        bytes,
        addedBytes,
        regularFiles,
        nodes,
        chunkingKind,
        chunkMin,
        chunkMean,
        chunkMax);
  }
}
