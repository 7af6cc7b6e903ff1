package io.snapfs.format.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Codec 3: even and odd bytes apart, each plane a zstd frame or raw.
 *
 * <pre>
 * +--------------------------+-------------------+------------------+
 * | u32 stored length of     | plane 0: even     | plane 1: odd     |
 * | plane 0                  | bytes, raw/frame  | bytes, raw/frame |
 * +--------------------------+-------------------+------------------+
 * 0                          4                   4 + that           stored length
 * </pre>
 *
 * <p>For bf16 weights plane 1 holds sign and exponent: few values, unevenly distributed, in no
 * pattern. Repetitions found there are chance and only cost time and space, so the match finder of
 * zstd is made as poor as its parameters allow (64 slots, matches of 7 bytes), which leaves the
 * Huffman coder. On normally distributed bf16, planes of 64 KiB, one core: 0.332 of the plane at
 * 0.83 GB/s, against 0.374 at 0.29 GB/s for plain level 1.
 *
 * <p>A plane that would save less than {@link #MIN_GAIN} is stored raw, since decoding it costs
 * every restore more than those bytes do; whether it would is estimated on a sample first.
 */
final class SplitZstdCodec implements ChunkCodec {
  /** A plane is compressed if it saves at least this share of itself. */
  static final double MIN_GAIN = 1 / 16.0;

  private static final int HEADER = Integer.BYTES;
  private static final int HASH_LOG = 6;
  private static final int MIN_MATCH = 7;

  /** Pieces of the sample of a plane, and their length in bytes. */
  private static final int PIECES = 4;

  private static final int PIECE = 1024;

  private final BytePlanes planes = new BytePlanes();
  private final Scratch evenScratch = new Scratch();
  private final Scratch oddScratch = new Scratch();
  private final ByteHistogram histogram = new ByteHistogram();
  private final ZstdFrames frames = new ZstdFrames();
  private ZstdCompressCtx compressor;

  @Override
  public int maxStored(int plainLength) {
    return HEADER + 2 * Math.toIntExact(Zstd.compressBound(BytePlanes.evenLength(plainLength)));
  }

  @Override
  public int encode(ByteBuffer plain, ByteBuffer out) {
    int length = plain.remaining();
    int evenLength = BytePlanes.evenLength(length);
    int oddLength = BytePlanes.oddLength(length);
    ByteBuffer even = evenScratch.atLeast(evenLength);
    ByteBuffer odd = oddScratch.atLeast(oddLength);
    planes.split(plain, plain.position(), length, even, odd);
    int evenStored = encodePlane(even, evenLength, out, HEADER);
    int oddStored = encodePlane(odd, oddLength, out, HEADER + evenStored);
    putLength(out, evenStored);
    return HEADER + evenStored + oddStored;
  }

  private int encodePlane(ByteBuffer plane, int length, ByteBuffer out, int to) {
    if (looksCompressible(plane, length)) {
      if (compressor == null) {
        compressor = newCompressor();
      }
      int stored =
          compressor.compressDirectByteBuffer(out, to, out.capacity() - to, plane, 0, length);
      if (stored <= length - (int) (length * MIN_GAIN) && stored < length) {
        return stored;
      }
    }
    out.put(to, plane, 0, length);
    return length;
  }

  private static ZstdCompressCtx newCompressor() {
    return new ZstdCompressCtx()
        .setLevel(1)
        .setHashLog(HASH_LOG)
        .setMinMatch(MIN_MATCH)
        .setContentSize(true)
        .setChecksum(false);
  }

  private boolean looksCompressible(ByteBuffer plane, int length) {
    histogram.reset();
    if (length <= PIECES * PIECE) {
      histogram.add(plane, 0, length);
    } else {
      for (int i = 0; i < PIECES; i++) {
        int at = (int) ((long) (length - PIECE) * i / (PIECES - 1));
        histogram.add(plane, at, PIECE);
      }
    }
    return histogram.ratio() < 1 - MIN_GAIN;
  }

  @Override
  public void decode(ByteBuffer stored, ByteBuffer plain) throws MalformedException {
    int length = plain.remaining();
    int evenLength = BytePlanes.evenLength(length);
    int oddLength = BytePlanes.oddLength(length);
    int body = stored.remaining() - HEADER;
    long evenStored = body < 0 ? -1 : getLength(stored) & 0xffffffffL;
    if (evenStored < 0
        || evenStored > Math.min(body, evenLength)
        || body - evenStored > oddLength) {
      throw new MalformedException(
          String.format(
              "planes of %d and %d bytes, %d bytes stored, of which plane 0 claims %d",
              evenLength, oddLength, stored.remaining(), evenStored));
    }
    int evenFrom = stored.position() + HEADER;
    int oddFrom = evenFrom + (int) evenStored;
    int oddStored = body - (int) evenStored;
    boolean evenRaw = evenStored == evenLength;
    boolean oddRaw = oddStored == oddLength;
    ByteBuffer even =
        evenRaw ? stored : decodePlane(stored, evenFrom, (int) evenStored, evenScratch, evenLength);
    ByteBuffer odd =
        oddRaw ? stored : decodePlane(stored, oddFrom, oddStored, oddScratch, oddLength);
    planes.join(
        even, evenRaw ? evenFrom : 0, odd, oddRaw ? oddFrom : 0, plain, plain.position(), length);
  }

  private ByteBuffer decodePlane(
      ByteBuffer stored, int from, int storedLength, Scratch scratch, int length)
      throws MalformedException {
    ByteBuffer plane = scratch.atLeast(length);
    frames.decode(stored, from, storedLength, plane, 0, length);
    return plane;
  }

  private static void putLength(ByteBuffer out, int value) {
    out.putInt(0, out.order() == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
  }

  private static int getLength(ByteBuffer stored) {
    int value = stored.getInt(stored.position());
    return stored.order() == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
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
