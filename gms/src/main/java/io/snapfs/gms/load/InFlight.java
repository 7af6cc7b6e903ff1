package io.snapfs.gms.load;

import io.snapfs.gms.load.WeightsCache.Lease;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Owns the slots that copies of one load read from, and gives each back when its copies have ended:
 * on a thread of its own, so that they come back whatever the load's other threads wait for. {@link
 * #add} is for any thread, {@link #close} for one when all others have ended.
 */
final class InFlight implements AutoCloseable {
  private static final Copies END = new Copies(null, List.of());

  private final BlockingQueue<Copies> queue = new LinkedBlockingQueue<>();
  private final Consumer<Throwable> failed;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private record Copies(Lease lease, List<DeviceStreams.Mark> ends) {}

  /**
   * @param failed is told why a copy failed
   */
  InFlight(Consumer<Throwable> failed) {
    this.failed = failed;
    Thread thread = new Thread(this::giveBack, "weights copied");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Copies have begun.
   *
   * @param ends what comes behind them in the streams
   */
  void add(Lease lease, List<DeviceStreams.Mark> ends) {
    queue.add(new Copies(lease, ends));
  }

  private void giveBack() {
    try {
      for (Copies each = queue.take(); each.lease != null; each = queue.take()) {
        await(each);
        each.lease.close();
      }
      ended.complete(null);
    } catch (InterruptedException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private void await(Copies copies) {
    for (DeviceStreams.Mark end : copies.ends) {
      try {
        end.await();
      } catch (IOException | RuntimeException e) {
        failed.accept(e);
        end.abandon();
      }
    }
  }

  /** Waits until all have been given back, also where the thread is interrupted. */
  @Override
  public void close() {
    queue.add(END);
    ended.join();
  }
}
