package io.snapfs.format.read;

import io.snapfs.format.codec.ChunkDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The chunks of one artifact, as the cache sees them: numbered, with a place in a pack. Safe for
 * use by many threads; all but {@link #decode} and {@link #readStored} allocate nothing.
 */
interface ChunkSource {
  /** Sets {@code key} to the identity of a chunk. */
  void key(int chunk, ChunkKey key) throws IOException;

  /** Bytes after decoding, 1 to {@link io.snapfs.format.Limits#MAX_CHUNK}. */
  int plainLength(int chunk) throws IOException;

  /** Bytes in the pack, 1 to {@link io.snapfs.format.Limits#MAX_CHUNK}. */
  int storedLength(int chunk) throws IOException;

  /** Byte offset in the pack. */
  long storedOffset(int chunk) throws IOException;

  /** Number of the pack within the artifact. */
  int pack(int chunk) throws IOException;

  /** Fills the buffer's remaining bytes with stored bytes from a pack. */
  void readStored(int pack, long offset, ByteBuffer destination) throws IOException;

  /**
   * Checks and decodes a chunk.
   *
   * @param stored its stored bytes, remaining in a direct buffer
   * @param plain a direct buffer with exactly the plain length remaining
   * @throws io.snapfs.format.CorruptException if the stored bytes are not what they must be
   */
  void decode(ChunkDecoder decoder, int chunk, ByteBuffer stored, ByteBuffer plain)
      throws IOException;

  /** Keeps the packs open beyond the end of the call; on behalf of somebody who does already. */
  void retain();

  /** Ends a {@link #retain}. */
  void release();
}
