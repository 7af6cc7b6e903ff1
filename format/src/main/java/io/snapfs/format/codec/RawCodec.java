package io.snapfs.format.codec;

import java.nio.ByteBuffer;

/** Codec 0: the plain bytes. */
final class RawCodec implements ChunkCodec {
  @Override
  public int maxStored(int plainLength) {
    return plainLength;
  }

  @Override
  public int encode(ByteBuffer plain, ByteBuffer out) {
    out.put(0, plain, plain.position(), plain.remaining());
    return plain.remaining();
  }

  @Override
  public void decode(ByteBuffer stored, ByteBuffer plain) throws MalformedException {
    if (stored.remaining() != plain.remaining()) {
      throw new MalformedException(
          "raw chunk of " + plain.remaining() + " bytes, but " + stored.remaining() + " stored");
    }
    plain.put(plain.position(), stored, stored.position(), stored.remaining());
  }

  @Override
  public void close() {
    // owns nothing
  }
}
