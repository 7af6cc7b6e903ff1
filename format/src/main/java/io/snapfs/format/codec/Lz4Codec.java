package io.snapfs.format.codec;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Codec 1: one LZ4 block. The native library where it loads, else the Java one of the same format.
 * Only the decompressor that checks every length is used.
 */
final class Lz4Codec implements ChunkCodec {
  private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
  private final LZ4SafeDecompressor decompressor = LZ4Factory.fastestInstance().safeDecompressor();

  @Override
  public int maxStored(int plainLength) {
    return compressor.maxCompressedLength(plainLength);
  }

  @Override
  public int encode(ByteBuffer plain, ByteBuffer out) {
    return compressor.compress(plain, plain.position(), plain.remaining(), out, 0, out.capacity());
  }

  @Override
  public void decode(ByteBuffer stored, ByteBuffer plain) throws MalformedException {
    int length;
    try {
      length =
          decompressor.decompress(
              stored,
              stored.position(),
              stored.remaining(),
              plain,
              plain.position(),
              plain.remaining());
    } catch (LZ4Exception e) {
      throw new MalformedException(
          "lz4 block does not decode to " + plain.remaining() + " bytes: " + e.getMessage(), e);
    }
    if (length != plain.remaining()) {
      throw new MalformedException(
          "lz4 block decodes to " + length + " bytes instead of " + plain.remaining());
    }
  }

  @Override
  public void close() {
    // owns nothing
  }
}
