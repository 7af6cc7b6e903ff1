package io.snapfs.bench;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.AfterRead;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.Open;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UnixSockets;
import io.snapfs.linux.Userfaultfd;
import io.snapfs.restore.pages.PageServer;
import io.snapfs.restore.pages.PageServerOptions;
import io.snapfs.restore.pages.PageServerReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast the page server fills a process, beside what the machine can do at most, in turns: see
 * {@code bench/pagefill.sh}. Prints one line a round: gigabytes per second and microseconds.
 *
 * <p>Usage: {@code PageFill STORE NAME WORK-DIR PAGES ROUNDS JOBS}.
 */
public final class PageFill {
  private static final long BASE = 0x100000000000L;
  private static final int PAGE = 4096;
  private static final int CALL = 1 << 20;
  private static final long WHOLE = 3L << 30;
  private static final long SMALL = 128L << 20;
  private static final double TOUCH_SECONDS = 0.5;

  /**
   * Rounds until the compilers have had their turn: in the second one faults still wait for them.
   */
  private static final int WARM_UP = 3;

  private final Store store;
  private final ArtifactRef ref;
  private final Path workDir;
  private final long bytes;
  private final int jobs;

  private PageFill(Store store, String[] args) {
    this.store = store;
    this.ref = ArtifactRef.parse(args[1]);
    this.workDir = Path.of(args[2]);
    this.bytes = Long.parseLong(args[3]) * PAGE;
    this.jobs = Integer.parseInt(args[5]);
  }

  /** Runs the rounds. */
  public static void main(String[] args) throws Exception {
    try (Store store = Store.open(Path.of(args[0]))) {
      PageFill bench = new PageFill(store, args);
      for (int i = 0; i < WARM_UP; i++) {
        bench.round();
      }
      for (int i = 0; i < Integer.parseInt(args[4]); i++) {
        System.out.println(bench.round());
      }
    }
  }

  private String round() throws Exception {
    double copy = copyCeiling();
    double decode = decodeCeiling();
    try (ChunkCache cache = new ChunkCache(WHOLE, jobs);
        ArtifactReader reader = new ArtifactReader(store.openArtifact(ref), cache)) {
      decodeAll(reader, AfterRead.KEEP);
      Run decoded = fill(reader, WHOLE, 0);
      try (ChunkCache small = new ChunkCache(SMALL, jobs);
          ArtifactReader packed = new ArtifactReader(store.openArtifact(ref), small)) {
        Run cold = fill(packed, SMALL, 0);
        Run touched = fill(packed, SMALL, TOUCH_SECONDS);
        return String.format(
            "%.2f %.2f %.2f %.2f %.3f %s",
            copy, decoded.rate, decode, cold.rate, cold.seconds, touched.waits);
      }
    }
  }

  /**
   * One fill.
   *
   * @param rate of bytes that were copied
   * @param waits what the process says of its faults
   */
  private record Run(double rate, double seconds, String waits) {}

  private Run fill(ArtifactReader reader, long cacheBytes, double touchSeconds) throws Exception {
    PageServerOptions options = PageServerOptions.defaults(cacheBytes).withJobs(jobs);
    try (PageServer server = PageServer.open(reader, List.of(workDir), options);
        Sink sink = new Sink(workDir, bytes / PAGE, touchSeconds)) {
      long start = System.nanoTime();
      sink.go();
      server.serve();
      double seconds = secondsSince(start);
      PageServerReport report = server.report();
      long copied = report.backgroundBytes() + report.faultBytes();
      String waits = touchSeconds == 0 ? "" : sink.line();
      return new Run(copied / 1e9 / seconds, seconds, waits);
    }
  }

  /** Copies what lies in memory, by all threads, as much at a time as is fastest. */
  private double copyCeiling() throws Exception {
    long source = Math.min(bytes, 1L << 30);
    try (Fd dir = Open.directory(Fd.CWD, Names.of(workDir.toString()));
        Fd listening = UnixSockets.listen(dir, Names.of("lazy-pages.socket"), 1);
        NativeMemory memory = NativeMemory.allocate(source)) {
      for (long at = 0; at < source; at += PAGE) {
        memory.slice(at, 1).put(0, (byte) 1);
      }
      try (Sink sink = new Sink(workDir, bytes / PAGE, 0);
          Fd connection = UnixSockets.accept(listening)) {
        sink.go();
        SocketMessage message = new SocketMessage(Integer.BYTES);
        message.receive(connection, 0, Integer.BYTES);
        message.receive(connection, 0, 1);
        try (Userfaultfd uffd = Userfaultfd.adopt(message.takeFds().get(0))) {
          AtomicLong next = new AtomicLong();
          long start = System.nanoTime();
          inParallel(() -> copyAll(uffd, memory, next));
          return bytes / 1e9 / secondsSince(start);
        }
      } finally {
        Files.delete(workDir.resolve("lazy-pages.socket"));
      }
    }
  }

  private void copyAll(Userfaultfd uffd, NativeMemory memory, AtomicLong next) {
    for (long at = next.getAndAdd(CALL); at < bytes; at = next.getAndAdd(CALL)) {
      long length = Math.min(CALL, bytes - at);
      long from = memory.address() + at % (memory.size() - CALL) / PAGE * PAGE;
      if (uffd.copy(BASE + at, from, length) != length) {
        throw new IllegalStateException("a copy failed at " + at);
      }
    }
  }

  private double decodeCeiling() throws Exception {
    try (ChunkCache cache = new ChunkCache(SMALL, jobs);
        ArtifactReader reader = new ArtifactReader(store.openArtifact(ref), cache)) {
      long start = System.nanoTime();
      long decoded = decodeAll(reader, AfterRead.DROP);
      return decoded / 1e9 / secondsSince(start);
    }
  }

  private long decodeAll(ArtifactReader reader, AfterRead afterRead) throws Exception {
    AtomicLong next = new AtomicLong();
    AtomicLong decoded = new AtomicLong();
    int chunks = reader.manifest().chunkCount();
    inParallel(
        () -> {
          for (long i = next.getAndIncrement(); i < chunks; i = next.getAndIncrement()) {
            try {
              reader.read(
                  (int) i,
                  (address, length) -> {
                    decoded.addAndGet(length);
                    return afterRead;
                  });
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
    return decoded.get();
  }

  private void inParallel(Runnable work) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      threads.add(new Thread(work));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** The process that is filled; closing ends it. */
  private static final class Sink implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    Sink(Path workDir, long pages, double touchSeconds) throws IOException {
      process =
          new ProcessBuilder(
                  "python3",
                  "bench/pagefill.py",
                  "sink",
                  workDir.resolve("lazy-pages.socket").toString(),
                  String.valueOf(pages),
                  String.valueOf(touchSeconds))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      out = process.inputReader();
      if (!"ready".equals(out.readLine())) {
        throw new IOException("the sink did not start");
      }
    }

    void go() throws IOException {
      process.outputWriter().write("go\n");
      process.outputWriter().flush();
    }

    String line() throws IOException {
      return out.readLine();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
