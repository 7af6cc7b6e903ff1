package io.snapfs.format.codec;

import java.nio.ByteBuffer;

/**
 * One codec of FORMAT.md 3.1. Thread-confined: implementations own native contexts, created when
 * first used. All buffers are direct, and their positions and limits are left as they are.
 */
interface ChunkCodec extends AutoCloseable {
  /** The most bytes that {@link #encode} writes for a chunk of that length. */
  int maxStored(int plainLength);

  /**
   * Encodes the remaining bytes of {@code plain} to {@code out} from index 0, where {@link
   * #maxStored} bytes fit. The result may be longer than the input.
   *
   * @return length of the stored bytes
   */
  int encode(ByteBuffer plain, ByteBuffer out);

  /**
   * Decodes the remaining bytes of {@code stored}, all of them, into exactly the remaining bytes of
   * {@code plain}. Writes nowhere else, whatever {@code stored} holds.
   *
   * @throws MalformedException if that doesn't come out even; {@code plain} then holds anything
   */
  void decode(ByteBuffer stored, ByteBuffer plain) throws MalformedException;

  @Override
  void close();
}
