package io.snapfs.format.blob;

/**
 * One blob of a listing.
 *
 * @param length in bytes
 * @param modifiedMillis when it became visible, milliseconds since the epoch
 */
public record BlobInfo(String key, long length, long modifiedMillis) {}
