package io.snapfs.format.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Strict decoder of single zstd frames. The library alone would take several frames, skippable ones
 * and frames of another size one after the other; what FORMAT.md means is one frame that declares
 * its size.
 */
final class ZstdFrames implements AutoCloseable {
  /** The number that a frame begins with (RFC 8878, 3.1.1). */
  private static final int MAGIC = 0xFD2FB528;

  private ZstdDecompressCtx context;

  /**
   * Decodes exactly {@code [from, from + length)} of {@code stored} to exactly {@code [to, to +
   * plainLength)} of {@code plain}.
   */
  void decode(ByteBuffer stored, int from, int length, ByteBuffer plain, int to, int plainLength)
      throws MalformedException {
    checkMagic(stored, from, length);
    checkDeclared(stored, from, length, plainLength);
    if (context == null) {
      context = new ZstdDecompressCtx();
    }
    int decoded;
    try {
      decoded = context.decompressDirectByteBuffer(plain, to, plainLength, stored, from, length);
    } catch (ZstdException e) {
      throw new MalformedException(
          "zstd frame does not decode to " + plainLength + " bytes: " + e.getMessage(), e);
    }
    if (decoded != plainLength) {
      throw new MalformedException(
          "zstd frame decodes to " + decoded + " bytes instead of " + plainLength);
    }
  }

  private static void checkMagic(ByteBuffer stored, int from, int length)
      throws MalformedException {
    if (length < Integer.BYTES) {
      throw new MalformedException("zstd frame of " + length + " bytes");
    }
    int magic = stored.getInt(from);
    int littleEndian =
        stored.order() == ByteOrder.LITTLE_ENDIAN ? magic : Integer.reverseBytes(magic);
    if (littleEndian != MAGIC) {
      throw new MalformedException(
          String.format("zstd frame begins with %08x instead of %08x", littleEndian, MAGIC));
    }
  }

  /** Refuses, before anything is decoded, frames that declare another size, or are not alone. */
  private static void checkDeclared(ByteBuffer stored, int from, int length, int plainLength)
      throws MalformedException {
    long declared = Zstd.getDirectByteBufferFrameContentSize(stored, from, length, false);
    if (declared != plainLength) {
      throw new MalformedException(
          "zstd frame declares " + declared + " plain bytes instead of " + plainLength);
    }
    long frame = Zstd.findDirectByteBufferFrameCompressedSize(stored, from, length);
    if (Zstd.isError(frame)) {
      throw new MalformedException("broken zstd frame: " + Zstd.getErrorName(frame));
    }
    if (frame != length) {
      throw new MalformedException(
          "zstd frame ends after " + frame + " of " + length + " stored bytes");
    }
  }

  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
  }
}
