package io.snapfs.format.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;

/** Codec 2: one zstd frame with content size, without checksum (the pack has one). */
final class ZstdCodec implements ChunkCodec {
  private final int level;
  private final ZstdFrames frames = new ZstdFrames();
  private ZstdCompressCtx compressor;

  ZstdCodec(int level) {
    this.level = level;
  }

  @Override
  public int maxStored(int plainLength) {
    return Math.toIntExact(Zstd.compressBound(plainLength));
  }

  @Override
  public int encode(ByteBuffer plain, ByteBuffer out) {
    if (compressor == null) {
      compressor = new ZstdCompressCtx().setLevel(level).setContentSize(true).setChecksum(false);
    }
    return compressor.compressDirectByteBuffer(
        out, 0, out.capacity(), plain, plain.position(), plain.remaining());
  }

  @Override
  public void decode(ByteBuffer stored, ByteBuffer plain) throws MalformedException {
    frames.decode(
        stored, stored.position(), stored.remaining(), plain, plain.position(), plain.remaining());
  }

  @Override
  public void close() {
    frames.close();
    if (compressor != null) {
      compressor.close();
      compressor = null;
    }
  }
}
