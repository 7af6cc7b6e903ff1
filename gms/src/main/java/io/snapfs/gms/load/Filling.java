package io.snapfs.gms.load;

import io.snapfs.format.Progress;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.gms.load.WeightsCache.Lease;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The part of a load that brings bytes: threads that fill slots and begin their copies. While
 * devices have not given memory yet, runs are read ahead into the cache; then those that are there
 * are copied first, and the others read while that goes on. For one run, by one thread.
 */
final class Filling {
  /** This share of the threads doesn't wait for its turn: who has it may not keep the disk busy. */
  private static final int EARLY_SHARE = 4;

  private static final CompletableFuture<?> NOW = CompletableFuture.completedFuture(null);

  private final OpenArtifact artifact;
  private final String key;
  private final LoadPlan plan;
  private final WeightsCache cache;
  private final Targets targets;
  private final FirstFailure failure;
  private final Phases phases;
  private final Progress progress;

  private final long begin;
  private final boolean[] readAhead; // written before the cache's monitor says that it is there
  private final AtomicInteger nextAhead = new AtomicInteger();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong firstCopy = new AtomicLong();
  private final LongAdder stored = new LongAdder();
  private final LongAdder cached = new LongAdder();
  private int[] order;
  private long placed;

  /**
   * @param key names the plan
   * @param failure ends it when it is set, and is set if anything goes wrong
   */
  Filling(
      OpenArtifact artifact,
      String key,
      LoadPlan plan,
      WeightsCache cache,
      Targets targets,
      FirstFailure failure,
      Phases phases,
      Progress progress) {
    this.artifact = artifact;
    this.key = key;
    this.plan = plan;
    this.cache = cache;
    this.targets = targets;
    this.failure = failure;
    this.phases = phases;
    this.progress = progress;
    this.readAhead = new boolean[plan.runs().size()];
    this.begin = cache.now();
  }

  /**
   * Does it; no copy is under way when it ends, however it does.
   *
   * @param turn little is read before it is complete
   */
  void run(int jobs, CompletableFuture<?> turn) throws IOException {
    try (InFlight inFlight = new InFlight(failure::set)) {
      try {
        cache.thoseThereFirst(key, plan.runs().size()); // they are in use from now on
        List<Thread> threads = startWorkers(jobs, turn, inFlight);
        fillTheRest(inFlight);
        join(threads);
      } finally {
        synchronize();
      }
    }
    failure.rethrow();
  }

  private void synchronize() {
    long start = System.nanoTime();
    for (DeviceStreams each : targets.opened()) {
      try {
        each.synchronize();
      } catch (IOException e) {
        failure.set(e);
      }
    }
    phases.add(Phase.DRAIN, start);
  }

  private List<Thread> startWorkers(int jobs, CompletableFuture<?> turn, InFlight inFlight) {
    int count = Math.min(jobs, plan.runs().size());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<?> when = i < count / EARLY_SHARE ? NOW : turn;
      Thread thread = new Thread(() -> work(when, inFlight), "load " + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    return threads;
  }

  /** Waits for all, whatever happens: they use memory that others are about to get. */
  private void join(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          failure.set(new InterruptedIOException("interrupted while loading weights"));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(CompletableFuture<?> turn, InFlight inFlight) {
    try (LoadWorker worker = new LoadWorker(artifact, phases)) {
      turn.join();
      readAhead(worker);
      List<DeviceStreams> devices = targets.await();
      int[] runs = order();
      int at = next.getAndIncrement();
      while (at < runs.length && !failure.isSet()) {
        load(runs[at], worker, devices, inFlight);
        at = next.getAndIncrement();
      }
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      failure.set(e);
    }
  }

  /** As far as the cache has room, and until devices have given memory. */
  private void readAhead(LoadWorker worker) throws IOException {
    while (!targets.isDone() && !failure.isSet() && cache.hasVacant(begin)) {
      int run = nextAhead.getAndIncrement();
      if (run >= readAhead.length) {
        return;
      }
      try (Lease lease = cache.ahead(new RunKey(key, run), begin)) {
        if (lease != null) {
          stored.add(worker.fill(plan.runs().get(run), lease.slot()));
          readAhead[run] = true;
          lease.filled();
        }
      }
    }
  }

  /** Looked up by the first who needs it: what is there then comes first. */
  private synchronized int[] order() {
    if (order == null) {
      order = cache.thoseThereFirst(key, plan.runs().size());
    }
    return order;
  }

  private void load(int number, LoadWorker worker, List<DeviceStreams> devices, InFlight inFlight)
      throws IOException, InterruptedException {
    Run run = plan.runs().get(number);
    boolean begun = false;
    while (!begun) {
      Lease lease = acquire(new RunKey(key, number));
      try {
        if (!lease.isFilled()) {
          stored.add(worker.fill(run, lease.slot()));
          readAhead[number] = true;
          lease.filled();
        } else if (!readAhead[number]) {
          cached.add(run.placedBytes());
        }
        begun = copy(lease, devices, inFlight, copies -> copies.copy(run));
      } finally {
        if (!begun) {
          lease.close();
        }
      }
    }
    tell(run.placedBytes());
  }

  private Lease acquire(RunKey wanted) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try {
      return cache.acquire(wanted);
    } finally {
      phases.add(Phase.COPY, start);
    }
  }

  /** Puts copies into the streams. */
  @FunctionalInterface
  private interface Beginning {
    void begin(SlotCopies copies) throws IOException;
  }

  /** False if the slot could not be pinned, and another one is to be taken. */
  private boolean copy(
      Lease lease, List<DeviceStreams> devices, InFlight inFlight, Beginning beginning)
      throws IOException {
    long start = System.nanoTime();
    boolean pinned = lease.pin(devices.get(0).context());
    start = phases.add(Phase.PIN, start);
    if (!pinned) {
      return false;
    }
    firstCopy.compareAndSet(0, start);
    boolean begun = false;
    try {
      SlotCopies copies = new SlotCopies(devices, lease.slot());
      beginning.begin(copies);
      inFlight.add(lease, copies.finish());
      begun = true;
    } finally {
      if (!begun) { // some of them may have begun
        devices.forEach(DeviceStreams::synchronizeQuietly);
      }
    }
    phases.add(Phase.COPY, start);
    return true;
  }

  /** What no chunk brings: names and zeros. */
  private void fillTheRest(InFlight inFlight) {
    try {
      List<DeviceStreams> devices = targets.await();
      fillHoles(devices, inFlight);
      long start = System.nanoTime();
      for (DeviceStreams each : devices) {
        each.target().putNames();
      }
      phases.add(Phase.NAMES, start);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.set(new InterruptedIOException("interrupted while loading weights"));
    } catch (IOException | RuntimeException | Error e) {
      failure.set(e);
    }
  }

  /** What is not stored is zero; the device's memory need not be. */
  private void fillHoles(List<DeviceStreams> devices, InFlight inFlight)
      throws IOException, InterruptedException {
    boolean begun = plan.holes().isEmpty();
    while (!begun) {
      Lease lease = acquire(RunKey.ZEROS);
      try {
        if (!lease.isFilled()) {
          zero(lease.slot().bytes(0, lease.slot().size()));
          lease.filled();
        }
        begun = copy(lease, devices, inFlight, this::copyZeros);
      } finally {
        if (!begun) {
          lease.close();
        }
      }
    }
  }

  private void copyZeros(SlotCopies copies) throws IOException {
    int most = cache.slotBytes();
    for (Place hole : plan.holes()) {
      for (int done = 0; done < hole.length(); done += most) {
        int here = Math.min(most, hole.length() - done);
        copies.copy(hole.device(), hole.slab(), hole.slabOffset() + done, 0, here);
      }
      tell(hole.length());
    }
  }

  private static void zero(ByteBuffer bytes) {
    while (bytes.remaining() >= Long.BYTES) {
      bytes.putLong(0);
    }
  }

  private synchronized void tell(long bytes) {
    placed += bytes;
    progress.step("loading weights", placed, plan.placedBytes());
  }

  /** Bytes that were read. */
  long storedBytes() {
    return stored.sum();
  }

  /** Bytes that went to devices and were not read for it. */
  long cachedBytes() {
    return cached.sum();
  }

  /** When the first copy began, by {@link System#nanoTime}; 0 if there was none. */
  long firstCopyNanos() {
    return firstCopy.get();
  }
}
