package io.snapfs.format.blob;

/**
 * One blob of a listing.
 *
 * @param length in bytes
 * @param modifiedMillis when it became visible, milliseconds since the epoch
 */
public record BlobInfo(String key, long length, long modifiedMillis) {
  // Written out for the same reason as in ArtifactRef.
  @Override
  public boolean equals(Object other) {
    return other instanceof BlobInfo info
        && key.equals(info.key)
        && length == info.length
        && modifiedMillis == info.modifiedMillis;
  }

  @Override
  public int hashCode() {
    return 31 * key.hashCode() + Long.hashCode(length ^ modifiedMillis);
  }
}
