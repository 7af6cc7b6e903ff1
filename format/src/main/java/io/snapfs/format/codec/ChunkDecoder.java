package io.snapfs.format.codec;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;

/**
 * Checks and decodes stored chunks. Thread-confined; owns native contexts and reused buffers, so
 * {@link #close} it.
 */
public final class ChunkDecoder implements AutoCloseable {
  private final ChunkCodec raw = new RawCodec();
  private final ChunkCodec lz4 = new Lz4Codec();
  private final ChunkCodec zstd = new ZstdCodec(CodecPolicy.DEFAULT_LEVEL);
  private final ChunkCodec split = new SplitZstdCodec();

  /**
   * Makes a decoder.
   *
   * @throws java.io.UncheckedIOException if the zstd library doesn't load; its cause says what to
   *     do
   */
  public ChunkDecoder() {
    ZstdLibrary.require();
  }

  /**
   * Decodes all remaining bytes of {@code stored} into exactly the remaining bytes of {@code
   * plain}. Neither position is touched, nothing is written outside of that range, and nothing at
   * all before the checksum was found right. After an exception the range holds anything: hand none
   * of it out.
   *
   * @param resource the pack, for messages
   * @param codec number of FORMAT.md 3.1
   * @param crc32c what the checksum of the stored bytes must be
   * @param offset of the stored bytes in the pack, for messages
   * @param stored direct
   * @param plain direct, as long as the chunk is: 1 byte to {@link Limits#MAX_CHUNK}
   * @throws CorruptException if the stored bytes are not those that were written, or decode to
   *     something else than exactly the plain length
   * @throws TooNewException if this version does not know the codec
   */
  public void decode(
      String resource, int codec, int crc32c, long offset, ByteBuffer stored, ByteBuffer plain)
      throws SnapfsException {
    int plainLength = plain.remaining();
    if (!stored.isDirect() || !plain.isDirect() || plain.isReadOnly()) {
      throw new IllegalArgumentException("buffers must be direct, and the second one writable");
    }
    if (plainLength < 1 || plainLength > Limits.MAX_CHUNK) {
      throw new IllegalArgumentException("not the length of a chunk: " + plainLength);
    }
    checkStored(resource, crc32c, offset, stored, stored.position(), stored.remaining());
    Codec known = Codec.of(codec);
    if (known == null) {
      throw new TooNewException(resource, "chunk at offset " + offset + " has codec " + codec);
    }
    decodeChecked(resource, known, offset, stored, plain);
  }

  /**
   * Checks stored bytes only, for a chunk that is raw and was read to where it is needed.
   *
   * @param offset of the stored bytes in the pack, for messages
   * @param from index of the first byte in {@code stored}, whose position is not touched
   * @throws CorruptException if the checksum is wrong
   */
  public static void checkStored(
      String resource, int crc32c, long offset, ByteBuffer stored, int from, int length)
      throws CorruptException {
    int actual = Crc32c.of(stored, from, length);
    if (actual != crc32c) {
      throw new CorruptException(
          resource,
          offset,
          String.format(
              "stored chunk of %d bytes has checksum %08x instead of %08x",
              length, actual, crc32c));
    }
  }

  private void decodeChecked(
      String resource, Codec codec, long offset, ByteBuffer stored, ByteBuffer plain)
      throws CorruptException {
    if (stored.remaining() > plain.remaining()) {
      throw new CorruptException(
          resource,
          offset,
          "stored chunk of "
              + stored.remaining()
              + " bytes is longer than its plain length "
              + plain.remaining());
    }
    try {
      codecFor(codec).decode(stored, plain);
    } catch (MalformedException e) {
      throw new CorruptException(resource, offset, e.getMessage(), e);
    }
  }

  private ChunkCodec codecFor(Codec codec) {
    return switch (codec) {
      case RAW -> raw;
      case LZ4 -> lz4;
      case ZSTD -> zstd;
      case SPLIT_ZSTD -> split;
    };
  }

  /** Frees the native contexts. Idempotent; nothing can be decoded afterwards. */
  @Override
  public void close() {
    raw.close();
    lz4.close();
    zstd.close();
    split.close();
  }
}
