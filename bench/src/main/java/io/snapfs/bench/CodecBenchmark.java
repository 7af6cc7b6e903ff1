package io.snapfs.bench;

import io.snapfs.format.Crc32c;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.codec.Encoded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding and decoding one chunk of 128 KiB; decoding checks it first, as every read does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
  private static final int CHUNK = 128 << 10;

  /** How it is stored; {@code auto} chooses byte planes for {@code bf16}. */
  @Param({"raw", "lz4", "zstd:1", "zstd:3", "auto"})
  public String codec;

  @Param({"bf16", "heap"})
  public String data;

  private final ByteBuffer decoded = ByteBuffer.allocateDirect(CHUNK);
  private ChunkEncoder encoder;
  private ChunkDecoder decoder;
  private ByteBuffer plain;
  private ByteBuffer stored;
  private int number;
  private int checksum;

  @Setup
  public void encodeOnce() throws IOException {
    encoder = new ChunkEncoder(CodecPolicy.parse(codec));
    decoder = new ChunkDecoder();
    plain = SampleData.of(data, CHUNK);
    Encoded once = encoder.encode(plain);
    number = once.codec().number();
    stored = ByteBuffer.allocateDirect(once.stored().remaining()).put(once.stored()).flip();
    checksum = Crc32c.of(stored, 0, stored.remaining());
  }

  @Benchmark
  public Encoded encode() {
    return encoder.encode(plain);
  }

  @Benchmark
  public ByteBuffer decode() throws IOException {
    decoder.decode("sample", number, checksum, 0, stored, decoded);
    return decoded;
  }

  @TearDown
  public void close() {
    encoder.close();
    decoder.close();
  }
}
