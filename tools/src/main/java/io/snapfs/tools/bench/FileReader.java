package io.snapfs.tools.bench;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.Open;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One reader of a round: preads into memory of its own and takes the time of each. */
final class FileReader implements Callable<FileReader.Seen> {
  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;
  private static final long SEED = 7;

  /** What one reader saw. */
  record Seen(long bytes, Histogram latencies) {}

  private final ReadPlan plan;
  private final ReadRound round;
  private final long start;
  private final long end;
  private final long share;
  private final SplittableRandom random;

  FileReader(ReadPlan plan, int number, ReadRound round) {
    this.plan = plan;
    this.round = round;
    this.start = plan.partStart(number);
    this.end = plan.partEnd(number);
    this.share = plan.share(number);
    this.random = new SplittableRandom(SEED + number);
  }

  @Override
  public Seen call() throws IOException, InterruptedException {
    Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
    boolean succeeded = false;
    byte[] path = plan.file().toString().getBytes(StandardCharsets.UTF_8);
    try (Fd fd = Open.at(Fd.CWD, path, Open.O_RDONLY);
        NativeMemory memory = NativeMemory.allocate(plan.block())) {
      long deadline = round.awaitStart();
      Seen seen = new Seen(read(fd, memory.address(), deadline, latencies), latencies);
      succeeded = true;
      return seen;
    } finally {
      round.readerEnded(succeeded);
    }
  }

  private long read(Fd fd, long address, long deadline, Histogram latencies) throws IOException {
    long offset = start;
    long done = 0;
    long before = System.nanoTime();
    while (done < share && before - deadline < 0 && !round.hasFailed()) {
      long at = plan.pattern() == Pattern.RANDOM ? randomOffset() : offset;
      long wanted = Math.min(Math.min(plan.block(), limit() - at), share - done);
      long count = FileIo.pread(fd, address, wanted, at);
      long after = System.nanoTime();
      if (count == 0) {
        throw new EOFException(
            fd.path() + ": it ends at byte " + at + ", expected " + plan.fileBytes() + " bytes");
      }
      latencies.recordValue(Math.min(after - before, LONGEST_NANOS));
      done += count;
      offset = at + count == end ? start : at + count;
      before = after;
    }
    return done;
  }

  private long limit() {
    return plan.pattern() == Pattern.RANDOM ? plan.fileBytes() : end;
  }

  private long randomOffset() {
    long blocks = Math.max(1, plan.fileBytes() / plan.block());
    return random.nextLong(blocks) * plan.block();
  }
}
