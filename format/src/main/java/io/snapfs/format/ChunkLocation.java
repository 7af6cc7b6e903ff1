package io.snapfs.format;

/**
 * Where and how one chunk is stored in a pack. Values come from disk and were checked against
 * FORMAT.md section 6 by whoever made this.
 *
 * @param offset byte offset of the stored bytes in the pack file
 * @param storedLength bytes in the pack, at least 1
 * @param plainLength bytes after decoding, 1 to {@link Limits#MAX_CHUNK}
 * @param crc32c checksum of the stored bytes
 * @param codec codec number (FORMAT.md 3.1)
 */
public record ChunkLocation(
    long offset, int storedLength, int plainLength, int crc32c, int codec) {}
