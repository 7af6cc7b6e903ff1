package io.snapfs.bench;

import io.snapfs.format.chunk.Chunker;
import io.snapfs.format.chunk.Chunking;
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
import org.openjdk.jmh.annotations.Warmup;

/** Cutting a file of 16 MiB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChunkerBenchmark {
  private static final int FILE = 16 << 20;

  @Param({"cdc:128K", "fixed:128K"})
  public String chunking;

  private Chunker chunker;
  private ByteBuffer file;

  @Setup
  public void make() throws IOException {
    chunker = Chunking.parse(chunking).newChunker();
    file = SampleData.of("bf16", FILE);
  }

  @Benchmark
  public int cut() {
    chunker.reset();
    int segments = 0;
    for (int at = 0; at < FILE; segments++) {
      at += Math.abs(chunker.next(file, at, FILE, true));
    }
    return segments;
  }
}
