package io.snapfs.format.codec;

class Lz4CodecTest extends ChunkCodecConformance {
  @Override
  ChunkCodec newCodec() {
    return new Lz4Codec();
  }
}
