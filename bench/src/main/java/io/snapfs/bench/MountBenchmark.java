package io.snapfs.bench;

import io.snapfs.format.read.ChunkCache;
import io.snapfs.fusefs.Mount;
import io.snapfs.fusefs.Transports;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * In a JVM that runs: mounting a store and reading the first byte of a file of a million chunks. It
 * reads its own mount, which only a thread that serves nothing may do, and only for so little.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 20)
@Fork(1)
public class MountBenchmark {
  private static final long CACHE = 64 << 20;

  @Param({"kernel", "libfuse"})
  public String transport;

  private final ByteBuffer first = ByteBuffer.allocateDirect(1);
  private SampleStore sample;
  private Path mountpoint;
  private ChunkCache cache;
  private StoreTree tree;
  private Mount mount;

  @Setup
  public void make() throws IOException {
    sample = new SampleStore(1);
    sample.addMillion();
    mountpoint = Files.createTempDirectory("snapfs-jmh-mnt-");
  }

  @Benchmark
  public int mountAndReadFirstByte() throws IOException {
    cache = new ChunkCache(CACHE, Runtime.getRuntime().availableProcessors());
    tree = new StoreTree(sample.store(), cache);
    MountOptions options = MountOptions.defaults("jmh");
    mount = Mount.start(tree, mountpoint, options, Transports.named(transport));
    String path =
        mountpoint
            + "/"
            + SampleStore.MILLION.toString().replace(':', '/')
            + "/"
            + SampleStore.FILE;
    try (Fd fd = Open.at(Fd.CWD, Names.of(path), Open.O_RDONLY)) {
      return FileIo.pread(fd, first.clear(), 0);
    }
  }

  @TearDown(Level.Invocation)
  public void unmount() throws IOException {
    mount.close();
    tree.close();
    cache.close();
  }

  @TearDown
  public void close() throws IOException {
    sample.close();
    Files.delete(mountpoint);
  }
}
