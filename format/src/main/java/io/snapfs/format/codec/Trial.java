package io.snapfs.format.codec;

import io.snapfs.format.Limits;
import java.nio.ByteBuffer;

/**
 * Predicts from a sample of a chunk which codec will store it best, without encoding it.
 *
 * <p>Two cheap measurements on four pages spread over the chunk stand for the two things that zstd
 * does: how far LZ4 shrinks the sample says what repetitions are worth (LZ4 skips through data
 * without any, where a trial with zstd itself would be slow), and the entropy of single bytes says
 * what entropy coding is worth. zstd is predicted as the product of both, split-zstd, which looks
 * for no repetitions, as the mean entropy of its two planes.
 *
 * <p>Measured on a PyTorch worker (1 GB of bf16 weights, 250 MB of Python heap) against always
 * knowing the smaller of the two: 0.1 % more bytes for a first dump, 1.6 % more for what a second
 * one adds, at 0.11 core-seconds per GB.
 */
final class Trial {
  private static final int PAGES = 4;
  private static final int SAMPLE = PAGES * Limits.PAGE;

  /** Below this, repetitions decide, and the entropies need not be known. */
  private static final double REPETITIVE = 0.5;

  /** Split-zstd must promise this much less than zstd: it decodes a little slower. */
  private static final double SPLIT_ADVANTAGE = 0.95;

  private final ByteBuffer sample = new Scratch().atLeast(SAMPLE);
  private final ByteBuffer evenPlane = new Scratch().atLeast(SAMPLE / 2);
  private final ByteBuffer oddPlane = new Scratch().atLeast(SAMPLE / 2);
  private final BytePlanes planes = new BytePlanes();
  private final ByteHistogram even = new ByteHistogram();
  private final ByteHistogram odd = new ByteHistogram();
  private final Lz4Codec lz4 = new Lz4Codec();
  private final ByteBuffer lz4Out = new Scratch().atLeast(lz4.maxStored(SAMPLE));

  /** Predicts for the remaining bytes of {@code plain}: RAW, ZSTD or SPLIT_ZSTD. */
  Codec choose(ByteBuffer plain) {
    int length = takeSample(plain);
    double repetition =
        Math.min(1, (double) lz4.encode(sample.limit(length).position(0), lz4Out) / length);
    if (repetition < REPETITIVE) {
      return Codec.ZSTD;
    }
    countPlanes(length);
    double split = (planeRatio(even) + planeRatio(odd)) / 2;
    even.add(odd);
    double zstd = repetition * even.ratio();
    if (split < zstd * SPLIT_ADVANTAGE) {
      return Codec.SPLIT_ZSTD;
    }
    return zstd < 1 - ChunkEncoder.MIN_GAIN ? Codec.ZSTD : Codec.RAW;
  }

  /** Pages keep their distance to the chunk's begin even, so that planes stay planes. */
  private int takeSample(ByteBuffer plain) {
    sample.clear();
    int start = plain.position();
    int length = plain.remaining();
    if (length <= SAMPLE) {
      sample.put(0, plain, start, length);
      return length;
    }
    int pages = length / Limits.PAGE;
    for (int i = 0; i < PAGES; i++) {
      int page = (2 * i + 1) * pages / (2 * PAGES);
      sample.put(i * Limits.PAGE, plain, start + page * Limits.PAGE, Limits.PAGE);
    }
    return SAMPLE;
  }

  private void countPlanes(int length) {
    planes.split(sample, 0, length, evenPlane, oddPlane);
    even.reset();
    even.add(evenPlane, 0, BytePlanes.evenLength(length));
    odd.reset();
    odd.add(oddPlane, 0, BytePlanes.oddLength(length));
  }

  private static double planeRatio(ByteHistogram plane) {
    double ratio = plane.ratio();
    return ratio < 1 - SplitZstdCodec.MIN_GAIN ? ratio : 1;
  }
}
