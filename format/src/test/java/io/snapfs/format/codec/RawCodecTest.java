package io.snapfs.format.codec;

class RawCodecTest extends ChunkCodecConformance {
  @Override
  ChunkCodec newCodec() {
    return new RawCodec();
  }
}
