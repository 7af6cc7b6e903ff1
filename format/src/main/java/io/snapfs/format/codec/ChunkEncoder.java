package io.snapfs.format.codec;

import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import java.nio.ByteBuffer;

/**
 * Encodes chunks under a {@link CodecPolicy}. Thread-confined; owns native contexts and reused
 * buffers, so {@link #close} it.
 */
public final class ChunkEncoder implements AutoCloseable {
  /** A chunk is stored raw unless encoding saves at least this share of it. */
  static final double MIN_GAIN = 1 / 32.0;

  private final CodecPolicy policy;
  private final Trial trial;
  private final Lz4Codec lz4 = new Lz4Codec();
  private final ZstdCodec zstd;
  private final SplitZstdCodec split = new SplitZstdCodec();
  private final Scratch scratch = new Scratch();

  /**
   * Makes an encoder.
   *
   * @throws java.io.UncheckedIOException if the zstd library doesn't load; its cause says what to
   *     do
   */
  public ChunkEncoder(CodecPolicy policy) {
    ZstdLibrary.require();
    this.policy = policy;
    trial = policy.mode() == CodecPolicy.Mode.AUTO ? new Trial() : null;
    zstd = new ZstdCodec(policy.level());
  }

  /**
   * Encodes the remaining bytes of {@code plain}, whose position is not touched.
   *
   * @param plain direct, 1 byte to {@link Limits#MAX_CHUNK}
   * @return valid until the next call and while {@code plain} is unchanged: a raw chunk is a slice
   *     of it
   */
  public Encoded encode(ByteBuffer plain) {
    int length = plain.remaining();
    if (!plain.isDirect() || length < 1 || length > Limits.MAX_CHUNK) {
      throw new IllegalArgumentException("not a direct buffer with one chunk: " + plain);
    }
    Codec chosen = choose(plain);
    ChunkCodec codec = codecFor(chosen);
    if (codec != null) {
      ByteBuffer out = scratch.atLeast(codec.maxStored(length));
      int stored = codec.encode(plain, out);
      if (stored < length && stored <= length - (int) (length * MIN_GAIN)) {
        return new Encoded(chosen, out.slice(0, stored));
      }
    }
    return new Encoded(Codec.RAW, plain.slice());
  }

  private Codec choose(ByteBuffer plain) {
    return switch (policy.mode()) {
      case AUTO -> affordable(trial.choose(plain), plain);
      case RAW -> Codec.RAW;
      case LZ4 -> Codec.LZ4;
      case ZSTD -> Codec.ZSTD;
    };
  }

  /** Which chunks are dear ones depends on their content only, so that packing is repeatable. */
  private Codec affordable(Codec best, ByteBuffer plain) {
    double share = policy.share(best);
    if (share == 1) {
      return best;
    }
    int length = Math.min(plain.remaining(), Limits.PAGE);
    long hash = Integer.toUnsignedLong(Crc32c.of(plain, plain.position(), length));
    return hash < share * (1L << Integer.SIZE) ? best : Codec.LZ4;
  }

  private ChunkCodec codecFor(Codec chosen) {
    return switch (chosen) {
      case RAW -> null;
      case LZ4 -> lz4;
      case ZSTD -> zstd;
      case SPLIT_ZSTD -> split;
    };
  }

  /** Frees the native contexts. Idempotent; nothing can be encoded afterwards. */
  @Override
  public void close() {
    zstd.close();
    split.close();
  }
}
