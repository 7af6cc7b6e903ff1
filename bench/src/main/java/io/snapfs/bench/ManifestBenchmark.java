package io.snapfs.bench;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A manifest of a million chunks: opening it, and finding a random byte's chunk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ManifestBenchmark {
  private static final byte[] NAME = SampleStore.FILE.getBytes(StandardCharsets.US_ASCII);

  private final SplittableRandom random = new SplittableRandom(3);
  private SampleStore sample;
  private Manifest manifest;
  private Node root;
  private Node file;

  @Setup
  public void make() throws IOException {
    sample = new SampleStore(1);
    sample.addMillion();
    manifest = sample.store().manifest(SampleStore.MILLION);
    root = manifest.node(0);
    file = manifest.node(manifest.lookup(root, NAME));
  }

  @Benchmark
  public Manifest open() throws IOException {
    return sample.store().manifest(SampleStore.MILLION);
  }

  @Benchmark
  public int lookup() throws IOException {
    return manifest.lookup(root, NAME);
  }

  @Benchmark
  public long findExtent() throws IOException {
    long extent = manifest.findExtent(file, random.nextLong(file.size()));
    return manifest.chunkOffset(manifest.extentChunk(extent));
  }

  @TearDown
  public void close() throws IOException {
    sample.close();
  }
}
